package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The comment that holds the claims of a history. */
final class ClaimsComment {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimsComment.class);

    private final Engine engine;
    private final Connection connection;
    private final HistoryTables tables;

    ClaimsComment(Engine engine, Connection connection, HistoryTables tables) {
        this.engine = engine;
        this.connection = connection;
        this.tables = tables;
    }

    /** Writes it in the open transaction. If this fails, a log line says so, and a Delete keeps the schema. */
    void write(Claims claims) throws SQLException {
        Savepoint start = connection.setSavepoint();
        try {
            engine.catalog().comment(tables.schema(), tables.lock(), claims.text(), connection);
        } catch (SQLException e) {
            if (engine.failures().kind(e).passesOnANewConnection()) {
                throw e;
            }
            connection.rollback(start);
            LOG.atWarn()
                    .addKeyValue("event", "ownership.not-noted")
                    .log(
                            "The comment on table '{}' could not be set: {}. A Delete with 'OnDelete' 'DROP_ALL' keeps the schema",
                            tables.lock(),
                            engine.failures().describe(e));
        }
    }
}
