package io.github.cdkliquibase.lambda.changelog.execution;

import liquibase.change.Change;

/**
 * Hides the values of the deploy's parameters in the text of a statement, so that a deploy with other values finds the
 * same text.
 */
@FunctionalInterface
public interface ParameterMask {

    /**
     * The text with the parameters' names instead of their values.
     *
     * @param change that the statement belongs to
     * @param sql the text of the statement with the values filled in
     */
    String apply(Change change, String sql);
}
