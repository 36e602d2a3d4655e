package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Reads pgjdbc's exceptions. SQLSTATEs are those of PostgreSQL's appendix A. */
final class PostgresqlFailures implements Failures {

    /** What the changelog may raise by itself counts as one of these only if the server has said it. */
    private static final Map<String, FailureKind> OF_THE_SERVER = Map.of(
            "55P03", FailureKind.LOCK_TIMEOUT,
            "40P01", FailureKind.DEADLOCK,
            "40001", FailureKind.SERIALIZATION,
            "25006", FailureKind.READ_ONLY,
            // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout
            "57P01", FailureKind.CONNECTION_LOST,
            "57P02", FailureKind.CONNECTION_LOST,
            "57P03", FailureKind.CONNECTION_LOST,
            "57P05", FailureKind.CONNECTION_LOST);

    private static final Map<String, FailureKind> OF_ANYONE = Map.ofEntries(
            Map.entry("53300", FailureKind.TOO_MANY_CONNECTIONS),
            Map.entry("28P01", FailureKind.PASSWORD_REJECTED),
            Map.entry("3D000", FailureKind.NO_DATABASE),
            Map.entry("42501", FailureKind.NO_PRIVILEGE),
            // active_sql_transaction, invalid_transaction_termination
            Map.entry("25001", FailureKind.IN_TRANSACTION),
            Map.entry("2D000", FailureKind.ENDS_TRANSACTION),
            Map.entry("42P07", FailureKind.TABLE_EXISTS),
            // duplicate_object, duplicate_database
            Map.entry("42710", FailureKind.OBJECT_EXISTS),
            Map.entry("42P04", FailureKind.OBJECT_EXISTS),
            // undefined_object, undefined_table
            Map.entry("42704", FailureKind.NO_OBJECT),
            Map.entry("42P01", FailureKind.NO_OBJECT),
            Map.entry("42703", FailureKind.NO_COLUMN));

    /** object_not_in_prerequisite_state. */
    private static final String NOT_READY = "55000";

    /** invalid_authorization_specification. */
    private static final String NOT_AUTHORIZED = "28000";

    /** The driver's message if a connection is used after it was lost. */
    private static final String CLOSED = "08003";

    /** The driver could not connect. */
    private static final String UNABLE_TO_CONNECT = "08001";

    /** The server function that executes PL/pgSQL's RAISE. */
    private static final String RAISE = "exec_stmt_raise";

    /** The driver's parser quotes the statement that it could not read. */
    private static final Pattern IN_SQL = Pattern.compile(" in SQL .*", Pattern.DOTALL);

    /** Messages of the driver's parser. They may be shown without the statement that they quote at their end. */
    private static final Pattern OF_THE_PARSER = Pattern.compile(
            "Unterminated .* started at position \\d+.*|COPY commands are only supported.*", Pattern.DOTALL);

    @Override
    public Optional<DatabaseMessage> of(Throwable failure) {
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
                        fromDriver = ofDriver(driver, failure);
                    }
                }
            }
        }
        return Optional.ofNullable(fromDriver);
    }

    private static DatabaseMessage ofServer(ServerErrorMessage server) {
        String text = Text.oneLine(String.valueOf(server.getMessage()));
        return new DatabaseMessage(
                text,
                server.getSQLState(),
                kindOfServer(String.valueOf(server.getSQLState()), text, RAISE.equals(server.getRoutine())),
                true,
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

    private static FailureKind kindOfServer(String state, String text, boolean isRaised) {
        if (!isRaised && OF_THE_SERVER.containsKey(state)) {
            return Objects.requireNonNull(OF_THE_SERVER.get(state));
        }
        if (!isRaised && state.startsWith("08")) {
            return FailureKind.REMOTE_CONNECTION_LOST;
        }
        if (OF_ANYONE.containsKey(state)) {
            return Objects.requireNonNull(OF_ANYONE.get(state));
        }
        if (state.startsWith("53")) {
            return FailureKind.NO_RESOURCES;
        }
        // RDS hands a token to PAM, and says so in PostgreSQL's words. Of the same state, among others: no line of
        // pg_hba.conf lets the user in, or it may not log in at all.
        if (state.equals(NOT_AUTHORIZED) && text.startsWith("PAM authentication failed")) {
            return FailureKind.TOKEN_REJECTED;
        }
        if (state.equals(NOT_READY)) {
            return text.contains("replica identity") ? FailureKind.NO_REPLICA_IDENTITY : FailureKind.NOT_READY;
        }
        return ofText(text);
    }

    // The driver's messages about connections and passwords are safe. Its other messages quote the whole statement.
    private static DatabaseMessage ofDriver(PSQLException driver, Throwable failure) {
        String state = driver.getSQLState();
        String message = String.valueOf(driver.getMessage());
        if (state != null && (state.startsWith("08") || state.startsWith("28"))) {
            // Some of them are sentences with a full stop.
            String text = Text.oneLine(message).replaceFirst("\\.$", "");
            return ofDriver(text, state, kindOfDriver(state, text, failure));
        }
        if (OF_THE_PARSER.matcher(message).matches()) {
            String text = Text.oneLine(IN_SQL.matcher(message).replaceFirst("")).replaceFirst("\\.$", "");
            return ofDriver(text, state, ofText(text));
        }
        return ofDriver("the database driver did not accept the statement", state, FailureKind.OTHER);
    }

    private static DatabaseMessage ofDriver(String text, @Nullable String state, FailureKind kind) {
        return new DatabaseMessage(text, state, kind, false, 0, Set.of());
    }

    // A connection that the driver gives up because of what a statement has set is not lost, as another one would end
    // the same way: it has no cause.
    private static FailureKind kindOfDriver(String state, String text, Throwable failure) {
        if (text.contains("could not be verified by hostnameverifier")) {
            return FailureKind.OTHER_HOST_NAME;
        }
        if (text.contains("not allowed by requireAuth")) {
            return FailureKind.CLEAR_TEXT_PASSWORD;
        }
        if (text.contains("does not support SSL")) {
            return FailureKind.NO_TLS;
        }
        if (!state.startsWith("08")) {
            return FailureKind.OTHER;
        }
        if (Causes.find(failure, GeneralSecurityException.class).isPresent()
                || Causes.find(failure, SSLException.class).isPresent()) {
            return FailureKind.TLS_FAILED;
        }
        if (state.equals(CLOSED)) {
            return FailureKind.CONNECTION_CLOSED;
        }
        return state.equals(UNABLE_TO_CONNECT)
                        || Causes.find(failure, IOException.class).isPresent()
                ? FailureKind.CONNECTION_LOST
                : FailureKind.OTHER;
    }

    // Messages of the driver's parser and of the server's.
    private static FailureKind ofText(String text) {
        if (text.startsWith("Unterminated dollar") || text.startsWith("unterminated dollar")) {
            return FailureKind.UNTERMINATED_DOLLAR_QUOTE;
        }
        if (text.startsWith("Unterminated") || text.startsWith("unterminated quoted")) {
            return FailureKind.UNTERMINATED_QUOTE;
        }
        return text.contains("COPY commands are only supported") ? FailureKind.COPY_FROM_CLIENT : FailureKind.OTHER;
    }
}
