package io.github.cdkliquibase.lambda.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.lambda.engine.StatementStep;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TransactionStepsTest {

    private static List<String> steps(String sql) {
        return TransactionSteps.of(sql).stream().map(StatementStep::sql).toList();
    }

    @Test
    void eachStatementOfATransactionIsAStep() {
        assertThat(steps("begin; insert into a values (1); savepoint s; commit"))
                .containsExactly("begin", "insert into a values (1)", "savepoint s", "commit");
    }

    @Test
    void whatFollowsATransactionIsOneStep() {
        assertThat(steps("begin; delete from a; commit; delete from b -- all\n; delete from c"))
                .containsExactly("begin", "delete from a", "commit", "delete from b -- all\n;\ndelete from c");
    }

    @Test
    void aTransactionIncludesWhatStandsBeforeIt() {
        assertThat(steps("begin; delete from a; rollback; delete from b; begin; delete from c; commit"))
                .containsExactly(
                        "begin", "delete from a", "rollback", "begin", "delete from b", "delete from c", "commit");
    }

    @Test
    void aCommitThatChainsBeginsTheNextTransaction() {
        assertThat(steps("begin; delete from a; commit and chain; delete from b; delete from c; commit"))
                .containsExactly(
                        "begin", "delete from a", "commit and chain", "delete from b", "delete from c", "commit");
    }

    @Test
    void whatStandsBeforeACommitIsOneStep() {
        assertThat(steps("delete from a; delete from b; commit; delete from c"))
                .containsExactly("delete from a\n;\ndelete from b", "commit", "delete from c");
    }
}
