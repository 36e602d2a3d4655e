package io.github.cdkliquibase.lambda.engine;

import java.util.List;

/**
 * What is executed in one go.
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

    /** Statements as one text. On a line of its own, a semicolon is no part of a comment. */
    public static String joined(List<String> statements) {
        return String.join("\n;\n", statements);
    }
}
