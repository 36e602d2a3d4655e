package io.github.cdkliquibase.lambda.engine;

import java.util.List;

/**
 * One step.
 *
 * @param statements one, or several that are one transaction
 */
public record StatementStep(List<String> statements) {

    /** Copies the list. */
    public StatementStep {
        statements = List.copyOf(statements);
    }

    /** The statements as one text. */
    public String sql() {
        return joined(statements);
    }

    /** Statements as one text. Each semicolon has its own line, so that it cannot be part of a comment. */
    public static String joined(List<String> statements) {
        return String.join("\n;\n", statements);
    }
}
