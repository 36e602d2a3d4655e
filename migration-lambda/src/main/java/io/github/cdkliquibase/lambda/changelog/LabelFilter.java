package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import liquibase.LabelExpression;
import liquibase.Labels;
import liquibase.exception.UnexpectedLiquibaseException;

/** Checks label filters with Liquibase's own parser. */
final class LabelFilter {

    private LabelFilter() {}

    /**
     * Checks a filter.
     *
     * @throws MigrationException if it is no expression of labels
     */
    static void check(String filter) {
        try {
            new LabelExpression(filter).matches(new Labels("any"));
        } catch (UnexpectedLiquibaseException e) {
            throw new MigrationException(
                    "Property 'LabelFilter' must be an expression of labels, such as 'v1 and !beta', got %s"
                            .formatted(Text.quote(filter)),
                    e);
        }
    }
}
