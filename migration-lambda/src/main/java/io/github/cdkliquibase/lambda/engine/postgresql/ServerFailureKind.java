package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.util.Map;
import java.util.Objects;

/** The kinds of failures that the server reports, by the SQLSTATEs of PostgreSQL's appendix A. */
final class ServerFailureKind {

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

    private ServerFailureKind() {}

    /**
     * The kind.
     *
     * @param isRaised whether PL/pgSQL's {@code RAISE} made the failure
     */
    static FailureKind of(String state, String text, boolean isRaised) {
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
        return ofStateAndText(state, text);
    }

    private static FailureKind ofStateAndText(String state, String text) {
        // RDS hands a token to PAM, and says so in PostgreSQL's words. Of the same state, among others: no line of
        // pg_hba.conf lets the user in, or it may not log in at all.
        if (state.equals(NOT_AUTHORIZED) && text.startsWith("PAM authentication failed")) {
            return FailureKind.TOKEN_REJECTED;
        }
        if (state.equals(NOT_READY)) {
            return text.contains("replica identity") ? FailureKind.NO_REPLICA_IDENTITY : FailureKind.NOT_READY;
        }
        return ParserMessages.kind(text);
    }
}
