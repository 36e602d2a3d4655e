package io.github.cdkliquibase.lambda.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.io.IOException;
import java.sql.SQLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

/** What the words of the server and of its driver mean. */
final class PostgresqlFailuresTest {

    private final PostgresqlFailures failures = new PostgresqlFailures();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "28P01 | password authentication failed for user \"ann\" | PASSWORD_REJECTED",
                "28000 | PAM authentication failed for user \"ann\" | TOKEN_REJECTED",
                "28000 | role \"ann\" is not permitted to log in | OTHER",
                "28000 | no pg_hba.conf entry for host \"10.0.0.7\" | OTHER",
                "3D000 | database \"nowhere\" does not exist | NO_DATABASE",
                "57P03 | the database system is starting up | CONNECTION_LOST",
                "57P01 | terminating connection due to administrator command | CONNECTION_LOST",
                "53300 | too many connections for role \"ann\" | TOO_MANY_CONNECTIONS",
                "53200 | out of memory | NO_RESOURCES",
                "55P03 | canceling statement due to lock timeout | LOCK_TIMEOUT",
                "40P01 | deadlock detected | DEADLOCK",
                "40001 | could not serialize access due to concurrent update | SERIALIZATION",
                "25006 | cannot execute INSERT in a read-only transaction | READ_ONLY",
                "08006 | server closed the connection unexpectedly | REMOTE_CONNECTION_LOST",
                "42501 | permission denied for table t | NO_PRIVILEGE",
                "25001 | CREATE INDEX CONCURRENTLY cannot run inside a transaction block | IN_TRANSACTION",
                "2D000 | invalid transaction termination | ENDS_TRANSACTION",
                "42P07 | relation \"t\" already exists | TABLE_EXISTS",
                "42710 | extension \"x\" already exists | OBJECT_EXISTS",
                "42P01 | relation \"t\" does not exist | NO_OBJECT",
                "42703 | column \"c\" does not exist | NO_COLUMN",
                "55000 | cannot update table \"t\" because it does not have a replica identity and publishes updates | NO_REPLICA_IDENTITY",
                "55000 | currval of sequence \"s\" is not yet defined in this session | NOT_READY",
                "42601 | unterminated dollar-quoted string at or near \"$$\" | UNTERMINATED_DOLLAR_QUOTE",
                "42601 | unterminated quoted string at or near \"'\" | UNTERMINATED_QUOTE",
                "42601 | syntax error at or near \"crate\" | OTHER",
            })
    void theServersWordsAreUnderstood(String state, String message, FailureKind kind) {
        assertThat(failures.kind(server(state, message, ""))).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"55P03", "40001", "25006", "57P01", "08006"})
    void aStateThatTheChangelogRaisesSaysNothingOfTheServer(String state) {
        assertThat(failures.kind(server(state, "not so", "Rexec_stmt_raise\0"))).isEqualTo(FailureKind.OTHER);
    }

    @Test
    void theDriversWordsAreUnderstood() {
        assertThat(failures.kind(driver("An I/O error occurred", PSQLState.CONNECTION_FAILURE, new IOException())))
                .isEqualTo(FailureKind.CONNECTION_LOST);
        assertThat(failures.kind(driver("This connection has been closed.", PSQLState.CONNECTION_DOES_NOT_EXIST, null)))
                .isEqualTo(FailureKind.CONNECTION_CLOSED);
        assertThat(failures.kind(driver("Connection attempt timed out.", PSQLState.CONNECTION_UNABLE_TO_CONNECT, null)))
                .isEqualTo(FailureKind.CONNECTION_LOST);
        assertThat(failures.kind(driver(
                        "SSL error: no path", PSQLState.CONNECTION_FAILURE, new SSLHandshakeException("no path"))))
                .isEqualTo(FailureKind.TLS_FAILED);
        assertThat(failures.kind(driver(
                        "The hostname h could not be verified by hostnameverifier PGjdbc.",
                        PSQLState.CONNECTION_FAILURE,
                        null)))
                .isEqualTo(FailureKind.OTHER_HOST_NAME);
        assertThat(failures.kind(driver("The server does not support SSL.", PSQLState.CONNECTION_REJECTED, null)))
                .isEqualTo(FailureKind.NO_TLS);
    }

    @Test
    void aConnectionThatTheDriverGivesUpForASettingIsNotLost() {
        assertThat(failures.kind(driver(
                        "The server's client_encoding parameter was changed to LATIN1.",
                        PSQLState.CONNECTION_FAILURE,
                        null)))
                .isEqualTo(FailureKind.OTHER);
    }

    @Test
    void theDatabaseIsFoundBehindOtherExceptions() {
        SQLException failure = new SQLException("batch", new IllegalStateException(server("42501", "no", "")));

        assertThat(failures.kind(failure)).isEqualTo(FailureKind.NO_PRIVILEGE);
        assertThat(failures.of(new IllegalStateException("nothing of a database")))
                .isEmpty();
    }

    private static PSQLException server(String state, String message, String more) {
        return new PSQLException(
                new ServerErrorMessage("SERROR\0VERROR\0C%s\0M%s\0%s".formatted(state, message, more)));
    }

    private static PSQLException driver(String message, PSQLState state, @Nullable Throwable cause) {
        return new PSQLException(message, state, cause);
    }
}
