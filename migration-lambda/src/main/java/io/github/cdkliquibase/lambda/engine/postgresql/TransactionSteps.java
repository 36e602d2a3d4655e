package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.StatementKind;
import io.github.cdkliquibase.lambda.engine.StatementStep;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides a text that was not split into steps that have the same effect when they are executed one by one.
 *
 * <p>The server receives such a text as one message. Statements outside {@code BEGIN … COMMIT} are one transaction:
 * they are rolled back together, and a later {@code BEGIN} includes them. Source: PostgreSQL, "Multiple Statements in a
 * Simple Query".
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
