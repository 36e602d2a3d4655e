package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.StatementKind;
import io.github.cdkliquibase.lambda.engine.StatementStep;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements of a text that was not split, as steps that have the same effect when they are executed one by one.
 *
 * <p>The server takes such a text as one message. What stands in it outside {@code BEGIN … COMMIT} is one transaction: it is
 * rolled back as a whole, and a {@code BEGIN} behind it includes it. Source: PostgreSQL, "Multiple Statements in a Simple
 * Query".
 */
final class TransactionSteps {

    private final List<StatementStep> steps = new ArrayList<>();
    private final List<String> implicit = new ArrayList<>();
    private boolean isOpen;

    private TransactionSteps() {}

    /**
     * The steps of a text.
     *
     * @param sql one statement or several
     */
    static List<StatementStep> of(String sql) {
        TransactionSteps found = new TransactionSteps();
        DriverParser.split(sql).forEach(found::add);
        found.endImplicit();
        return List.copyOf(found.steps);
    }

    private void add(String statement) {
        StatementKind kind = StatementKinds.of(statement);
        if (!isOpen && !kind.isOfTransactions()) {
            implicit.add(statement);
        } else if (!isOpen && kind == StatementKind.BEGIN) {
            isOpen = true;
            step(statement);
            implicit.forEach(this::step);
            implicit.clear();
        } else {
            endImplicit();
            step(statement);
            isOpen &= !kind.endsATransaction() || StatementKinds.beginsTheNext(statement);
        }
    }

    private void step(String statement) {
        steps.add(new StatementStep(List.of(statement)));
    }

    private void endImplicit() {
        if (!implicit.isEmpty()) {
            steps.add(new StatementStep(implicit));
            implicit.clear();
        }
    }
}
