package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.Optional;

/**
 * An attempt to connect that failed.
 *
 * @param login of the attempt
 * @param message of the server or the driver; empty if there is none
 */
record ConnectRefusal(ConnectionDetails login, SQLException failure, Optional<DatabaseMessage> message) {

    FailureKind kind() {
        return message.map(DatabaseMessage::kind).orElse(FailureKind.OTHER);
    }

    String describe() {
        String text = message.map(DatabaseMessage::withState).orElse("SQLSTATE " + failure.getSQLState());
        Throwable root = Causes.root(failure);
        return root instanceof SQLException
                ? text
                : text + ", " + root.getClass().getSimpleName();
    }

    /** The reason if no other attempt is made. */
    MigrationException refused(CredentialsSource credentials) {
        String advice = ConnectAdvice.on(failure, message, login, credentials)
                .map(each -> ". " + each)
                .orElse("");
        return new MigrationException(
                "Connecting to %s as %s failed: %s%s"
                        .formatted(login.place(), Text.quote(login.username()), describe(), advice),
                failure);
    }

    /** The reason if the wait is over. */
    MigrationException unreachable(int attempts, ConnectWait wait) {
        return new MigrationException(
                "No connection to %s within %d s, in %s: %s. Check host and port, the security groups, and that the database is available%s"
                        .formatted(
                                login.place(),
                                wait.seconds(),
                                attempts == 1 ? "1 attempt" : attempts + " attempts",
                                describe(),
                                wait.isOfTheRun() ? "" : ", or set a longer 'ConnectTimeout'"),
                failure);
    }
}
