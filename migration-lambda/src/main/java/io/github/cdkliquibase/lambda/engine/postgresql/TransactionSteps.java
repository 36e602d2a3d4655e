package io.github.cdkliquibase.lambda.engine.postgresql;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides a text that was not split into steps that have the same effect when they are executed one by one.
 *
 * <p>The server receives such a text as one message. Statements outside {@code BEGIN … COMMIT} are one transaction:
 * they are rolled back together, and a later {@code BEGIN} includes them. Source: PostgreSQL, "Multiple Statements in a
 * Simple Query".
 */
public final class TransactionSteps {

    private final List<Step> steps = new ArrayList<>();
    private final List<String> implicit = new ArrayList<>();
    private boolean isOpen;

    private TransactionSteps() {}

    /**
     * One step.
     *
     * @param statements one, or several that are one transaction
     */
    public record Step(List<String> statements) {

        /** Copies the list. */
        public Step {
            statements = List.copyOf(statements);
        }

        /** The statements as one text. */
        public String sql() {
            return joined(statements);
        }
    }

    /** Statements as one text. Each semicolon has its own line, so that it cannot be part of a comment. */
    public static String joined(List<String> statements) {
        return String.join("\n;\n", statements);
    }

    /**
     * The steps of a text.
     *
     * @param sql one statement or several
     */
    public static List<Step> of(String sql) {
        TransactionSteps found = new TransactionSteps();
        Statements.in(sql).forEach(found::add);
        found.endImplicit();
        return List.copyOf(found.steps);
    }

    private void add(String statement) {
        StatementKind kind = StatementKind.of(statement);
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
            isOpen &= !kind.endsATransaction() || StatementKind.beginsTheNext(statement);
        }
    }

    private void step(String statement) {
        steps.add(new Step(List.of(statement)));
    }

    private void endImplicit() {
        if (!implicit.isEmpty()) {
            steps.add(new Step(implicit));
            implicit.clear();
        }
    }
}
