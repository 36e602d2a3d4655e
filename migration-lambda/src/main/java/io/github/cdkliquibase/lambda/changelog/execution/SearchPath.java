package io.github.cdkliquibase.lambda.changelog.execution;

import java.util.Optional;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RawParameterizedSqlStatement;

/** The search path of a session, for which Liquibase asks before each changeset. */
final class SearchPath {

    private static final String QUESTION = "SHOW SEARCH_PATH";

    private Optional<String> known = Optional.empty();

    /** The server has told it. */
    void is(String path) {
        known = Optional.of(path);
    }

    /** Something is executed in the session, which may change it. */
    void mayChange() {
        known = Optional.empty();
    }

    /** The answer to a query, if the query asks for the search path and nothing was executed since it was told. */
    Optional<String> answer(SqlStatement query) {
        return query instanceof RawParameterizedSqlStatement raw && QUESTION.equals(raw.getSql())
                ? known
                : Optional.empty();
    }
}
