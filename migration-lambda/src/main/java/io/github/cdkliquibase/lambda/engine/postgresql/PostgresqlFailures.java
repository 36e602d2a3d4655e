package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Reads pgjdbc's exceptions. SQLSTATEs are those of PostgreSQL's appendix A. */
final class PostgresqlFailures implements Failures {

    /** The driver's message if a connection is used after it was lost. */
    private static final String CLOSED = "08003";

    /** The driver could not connect. */
    private static final String UNABLE_TO_CONNECT = "08001";

    /** The server function that executes PL/pgSQL's RAISE. */
    private static final String RAISE = "exec_stmt_raise";

    @Override
    public Optional<DatabaseMessage> of(Throwable failure) {
        List<PSQLException> exceptions = ofTheDriver(failure);
        return exceptions.stream()
                .flatMap(driver -> serverMessage(driver).stream())
                .findFirst()
                .map(PostgresqlFailures::ofServer)
                .or(() -> exceptions.stream().findFirst().map(driver -> ofDriver(driver, failure)));
    }

    private static List<PSQLException> ofTheDriver(Throwable failure) {
        List<PSQLException> exceptions = new ArrayList<>();
        for (Throwable cause : Causes.chain(failure)) {
            SQLException sql = cause instanceof SQLException first ? first : null;
            for (; sql != null; sql = sql.getNextException()) {
                if (sql instanceof PSQLException driver) {
                    exceptions.add(driver);
                }
            }
        }
        return exceptions;
    }

    private static Optional<ServerErrorMessage> serverMessage(PSQLException driver) {
        return Optional.ofNullable(driver.getServerErrorMessage()).filter(server -> server.getMessage() != null);
    }

    private static DatabaseMessage ofServer(ServerErrorMessage server) {
        String text = Text.oneLine(String.valueOf(server.getMessage()));
        return new DatabaseMessage(
                text,
                server.getSQLState(),
                ServerFailureKind.of(String.valueOf(server.getSQLState()), text, RAISE.equals(server.getRoutine())),
                true,
                server.getPosition(),
                objectNames(server));
    }

    private static Set<String> objectNames(ServerErrorMessage server) {
        return Stream.of(
                        server.getSchema(),
                        server.getTable(),
                        server.getColumn(),
                        server.getDatatype(),
                        server.getConstraint())
                .filter(Objects::nonNull)
                .collect(Collectors.toUnmodifiableSet());
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
        if (ParserMessages.isOfTheDriver(message)) {
            String text = Text.oneLine(ParserMessages.withoutStatement(message)).replaceFirst("\\.$", "");
            return ofDriver(text, state, ParserMessages.kind(text));
        }
        return ofDriver("the database driver did not accept the statement", state, FailureKind.OTHER);
    }

    private static DatabaseMessage ofDriver(String text, @Nullable String state, FailureKind kind) {
        return new DatabaseMessage(text, state, kind, false, 0, Set.of());
    }

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
        return state.startsWith("08") ? kindOfConnection(state, failure) : FailureKind.OTHER;
    }

    // A connection that the driver gives up because of what a statement has set is not lost, as another one would end
    // the same way: it has no cause.
    private static FailureKind kindOfConnection(String state, Throwable failure) {
        if (isCausedBy(GeneralSecurityException.class, failure) || isCausedBy(SSLException.class, failure)) {
            return FailureKind.TLS_FAILED;
        }
        if (state.equals(CLOSED)) {
            return FailureKind.CONNECTION_CLOSED;
        }
        return state.equals(UNABLE_TO_CONNECT) || isCausedBy(IOException.class, failure)
                ? FailureKind.CONNECTION_LOST
                : FailureKind.OTHER;
    }

    private static boolean isCausedBy(Class<? extends Throwable> type, Throwable failure) {
        return Causes.find(failure, type).isPresent();
    }
}
