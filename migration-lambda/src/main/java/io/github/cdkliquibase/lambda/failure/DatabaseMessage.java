package io.github.cdkliquibase.lambda.failure;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The database's message about a failure: the primary message and the SQLSTATE.
 *
 * <p>The detail, the hint and the statement are left out: they hold rows and SQL.
 *
 * @param text the primary message, on one line
 * @param sqlState the five characters of PostgreSQL's appendix A; null if the driver reports none
 * @param isOfTheServer whether the message is the server's and not the driver's
 * @param isRaised whether the SQL of the changelog raised it ({@code RAISE}), so that the SQLSTATE says nothing about
 *     the server
 * @param position in the statement, from 1; 0 if the server reports none
 * @param names of the database objects that the server reports with the failure
 */
public record DatabaseMessage(
        String text,
        @Nullable String sqlState,
        boolean isOfTheServer,
        boolean isRaised,
        int position,
        Set<String> names) {

    /** lock_not_available, deadlock_detected, serialization_failure. */
    private static final Set<String> CONFLICTS = Set.of("55P03", "40P01", "40001");

    /** The SQLSTATE of a statement that did not get its lock in time. */
    public static final String LOCK_NOT_AVAILABLE = "55P03";

    /** The SQLSTATE of a statement that the user or its role may not execute. */
    public static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** The SQLSTATE of a write to a read-only server, such as the former writer after a failover. */
    public static final String READ_ONLY = "25006";

    /** admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout. */
    private static final Set<String> ENDED_BY_THE_SERVER = Set.of("57P01", "57P02", "57P03", "57P05");

    /** The driver's message if a connection is used after it was lost. */
    private static final String CLOSED = "08003";

    /** The server function that executes PL/pgSQL's RAISE. */
    private static final String RAISE = "exec_stmt_raise";

    /** The driver's parser quotes the statement that it could not read. */
    private static final Pattern IN_SQL = Pattern.compile(" in SQL .*", Pattern.DOTALL);

    /** Messages of the driver's parser. They may be shown without the statement that they quote at their end. */
    private static final Pattern OF_THE_PARSER = Pattern.compile(
            "Unterminated .* started at position \\d+.*|COPY commands are only supported.*", Pattern.DOTALL);

    /**
     * The message of the database or its driver, if another connection may help: after the end of the connection or of
     * the server, or after a failover to a read-only server. If the driver closes a connection because of a statement's
     * setting, the connection does not count as lost: another one would end in the same way.
     */
    public static Optional<DatabaseMessage> passesOnANewConnection(Throwable failure) {
        return of(failure).filter(message -> message.isALoss(failure));
    }

    private boolean isALoss(Throwable failure) {
        if (sqlState == null || isRaised) {
            return false;
        }
        if (sqlState.startsWith("08")) {
            return isOfTheServer
                    || sqlState.equals(CLOSED)
                    || Causes.find(failure, IOException.class).isPresent();
        }
        return sqlState.equals(READ_ONLY) || ENDED_BY_THE_SERVER.contains(sqlState);
    }

    /**
     * Whether the statement failed because of another session, and may succeed the next time: a lock timeout (55P03), a
     * deadlock (40P01), or a serialization failure (40001).
     */
    public static boolean isConflict(Throwable failure) {
        return of(failure)
                .filter(message -> !message.isRaised)
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

    /** The message of the database, or of its driver, that caused a failure; empty if there is none. */
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
                        return Optional.of(ofServer(server));
                    }
                    if (fromDriver == null) {
                        fromDriver = ofDriver(driver);
                    }
                }
            }
        }
        return Optional.ofNullable(fromDriver);
    }

    private static DatabaseMessage ofServer(ServerErrorMessage server) {
        return new DatabaseMessage(
                Text.oneLine(String.valueOf(server.getMessage())),
                server.getSQLState(),
                true,
                RAISE.equals(server.getRoutine()),
                server.getPosition(),
                Stream.of(
                                server.getSchema(),
                                server.getTable(),
                                server.getColumn(),
                                server.getDatatype(),
                                server.getConstraint())
                        .filter(Objects::nonNull)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    // The driver's messages about connections and passwords are safe. Its other messages quote the whole statement.
    private static DatabaseMessage ofDriver(PSQLException driver) {
        String state = driver.getSQLState();
        String message = driver.getMessage();
        if (message != null && state != null && (state.startsWith("08") || state.startsWith("28"))) {
            // Some of them are sentences with a full stop.
            return ofDriver(Text.oneLine(message).replaceFirst("\\.$", ""), state);
        }
        if (message != null && OF_THE_PARSER.matcher(message).matches()) {
            return ofDriver(
                    Text.oneLine(IN_SQL.matcher(message).replaceFirst("")).replaceFirst("\\.$", ""), state);
        }
        return ofDriver("the database driver did not accept the statement", state);
    }

    private static DatabaseMessage ofDriver(String text, @Nullable String state) {
        return new DatabaseMessage(text, state, false, false, 0, Set.of());
    }

    /** The same message with another text. */
    public DatabaseMessage withText(String newText) {
        return new DatabaseMessage(newText, sqlState, isOfTheServer, isRaised, position, names);
    }

    /** The message with the SQLSTATE behind it, as reasons show it. */
    public String withState() {
        return sqlState == null ? text : text + " (SQLSTATE " + sqlState + ")";
    }
}
