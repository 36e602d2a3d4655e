package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.database.Authentication;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.database.SecretPassword;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Passwords;
import io.github.cdkliquibase.lambda.roles.Role;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Access to the database for the administrator, and for a moment for the roles themselves. */
final class RolesAccess implements Passwords {

    /** Time limit to find out whether a password works. The application may have used up the role's connections. */
    private static final Duration LONGEST_LOGIN = Duration.ofSeconds(3);

    private final ConnectionFactory connections;
    private final Engine engine;
    private final DatabaseTarget target;
    private final DatabaseSession session;
    private final Deadline deadline;
    private final Map<String, SecretPassword> read = new HashMap<>();

    RolesAccess(
            ConnectionFactory connections,
            Engine engine,
            DatabaseTarget target,
            DatabaseSession session,
            Deadline deadline) {
        this.connections = connections;
        this.engine = engine;
        this.target = target;
        this.session = session;
        this.deadline = deadline;
    }

    Connection open() {
        return session.open(target, deadline);
    }

    @Override
    public String of(Role role) {
        String arn = Objects.requireNonNull(role.secretArn());
        SecretPassword secret = read.computeIfAbsent(arn, each -> connections.password(each, deadline));
        if (!secret.username().equals(role.name())) {
            throw new MigrationException("Secret %s belongs to user %s, so it cannot be the secret of role %s"
                    .formatted(Text.quote(arn), Text.quote(secret.username()), Text.quote(role.name())));
        }
        return secret.password();
    }

    // If this cannot be found out, the password is set, which does no harm.
    @Override
    public boolean areKnownTo(Role role) {
        try (DatabaseSession attempt = new DatabaseSession(connections, engine)) {
            attempt.open(
                    sameDatabase(Objects.requireNonNull(role.secretArn())),
                    Deadline.in(deadline.leftAtMost(LONGEST_LOGIN)));
            return true;
        } catch (MigrationException e) {
            return isPastThePassword(e);
        }
    }

    // The server checks these after the password: the privilege to connect to this database, and the role's own
    // limit.
    private boolean isPastThePassword(MigrationException refusal) {
        return engine.failures()
                .of(refusal)
                .filter(message -> message.kind() == FailureKind.NO_PRIVILEGE
                        || message.text().startsWith("too many connections for role"))
                .isPresent();
    }

    @Override
    public void checkAdministratorLogin() {
        try (DatabaseSession attempt = new DatabaseSession(connections, engine)) {
            attempt.open(target, deadline);
        }
    }

    // Connects to the administrator's host and database, and ignores those in the role's secret.
    private DatabaseTarget sameDatabase(String secretArn) {
        ConnectionDetails here = session.details().orElseThrow();
        return new DatabaseTarget(
                new Authentication.Secret(secretArn),
                here.host(),
                here.port(),
                here.databaseName(),
                target.sslMode(),
                target.sslRootCert(),
                target.connectTimeout());
    }
}
