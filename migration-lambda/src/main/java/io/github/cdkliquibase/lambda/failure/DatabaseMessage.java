package io.github.cdkliquibase.lambda.failure;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What the database said about a failure: its primary message and the SQLSTATE.
 *
 * <p>Neither the detail nor the hint nor the statement: they carry rows and SQL.
 *
 * @param text the primary message, on one line
 * @param sqlState the five characters of PostgreSQL's appendix A, or null where the driver names none
 */
public record DatabaseMessage(String text, @Nullable String sqlState) {

    /** lock_not_available, deadlock_detected, serialization_failure. */
    private static final Set<String> CONFLICTS = Set.of("55P03", "40P01", "40001");

    /** The SQLSTATE of a write to a server that takes none, such as one that was the writer before a failover. */
    public static final String READ_ONLY = "25006";

    /** admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout. */
    private static final Set<String> ENDED_BY_THE_SERVER = Set.of("57P01", "57P02", "57P03", "57P05");

    /**
     * What the database or its driver said, if the connection is lost or leads to a server that takes no writes, which
     * another connection may mend: connection exceptions (class 08), the end of the server, a failover.
     */
    public static Optional<DatabaseMessage> passesOnANewConnection(Throwable failure) {
        return of(failure).filter(message -> {
            String state = message.sqlState();
            return state != null
                    && (state.startsWith("08") || state.equals(READ_ONLY) || ENDED_BY_THE_SERVER.contains(state));
        });
    }

    /**
     * Whether the statement lost against another session, and may win the next time: a lock that was not to be had in time,
     * a deadlock (40P01), a serialization failure (40001).
     */
    public static boolean isConflict(Throwable failure) {
        return of(failure)
                .map(DatabaseMessage::sqlState)
                .filter(CONFLICTS::contains)
                .isPresent();
    }

    /** Whether the server has run out of disk, memory, locks or connections (class 53). */
    public static boolean isShortOfResources(Throwable failure) {
        return of(failure)
                .map(DatabaseMessage::sqlState)
                .filter(state -> state.startsWith("53"))
                .isPresent();
    }

    /** Whether the database ended with this SQLSTATE. */
    public static boolean hasState(Throwable failure, String sqlState) {
        return of(failure)
                .map(DatabaseMessage::sqlState)
                .filter(sqlState::equals)
                .isPresent();
    }

    /** The message of the database, or of its driver, that stands behind a failure; empty if no such thing does. */
    public static Optional<DatabaseMessage> of(Throwable failure) {
        DatabaseMessage fromDriver = null;
        for (Throwable cause : Causes.chain(failure)) {
            if (!(cause instanceof SQLException first)) {
                continue;
            }
            for (SQLException sql = first; sql != null; sql = sql.getNextException()) {
                if (sql instanceof PSQLException driver) {
                    ServerErrorMessage server = driver.getServerErrorMessage();
                    if (server != null && server.getMessage() != null) {
                        return Optional.of(
                                new DatabaseMessage(Text.oneLine(server.getMessage()), server.getSQLState()));
                    }
                    if (fromDriver == null) {
                        fromDriver = ofDriver(driver);
                    }
                }
            }
        }
        return Optional.ofNullable(fromDriver);
    }

    // What the driver says about connections and passwords is its own. Other messages of it quote the whole statement.
    private static DatabaseMessage ofDriver(PSQLException driver) {
        String state = driver.getSQLState();
        String message = driver.getMessage();
        if (message != null && state != null && (state.startsWith("08") || state.startsWith("28"))) {
            // Some of them are sentences with a full stop.
            return new DatabaseMessage(Text.oneLine(message).replaceFirst("\\.$", ""), state);
        }
        return new DatabaseMessage("the database driver did not accept the statement", state);
    }

    /** The message with the SQLSTATE behind it, as reasons show it. */
    public String withState() {
        return sqlState == null ? text : text + " (SQLSTATE " + sqlState + ")";
    }
}
