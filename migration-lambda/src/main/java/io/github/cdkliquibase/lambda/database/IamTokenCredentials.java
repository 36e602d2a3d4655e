package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.Text;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;

/**
 * A user with a token. Each attempt signs a new token, because a token is valid for 15 minutes and a run may be longer.
 *
 * <p>If the policy of the function's role is as new as the deploy, a refusal may pass within seconds: IAM needs time to
 * distribute the policy. A refusal that lasts for half a minute is a real error.
 */
final class IamTokenCredentials implements CredentialsSource {

    /** The pauses add up to 25 seconds, with a sixth attempt after them. */
    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8),
            Duration.ofSeconds(10));

    private final String username;
    private final HostName host;
    private final int port;
    private final String databaseName;
    private final TokenSigner tokens;
    private final Queue<Duration> pauses = new ArrayDeque<>(PAUSES);
    private String region = "";
    private int refusals;

    IamTokenCredentials(String username, DatabaseTarget target, int defaultPort, TokenSigner tokens) {
        this.username = username;
        this.host = Objects.requireNonNull(target.host(), "host");
        this.port = target.port() != null ? target.port() : defaultPort;
        this.databaseName = Objects.requireNonNull(target.databaseName(), "databaseName");
        this.tokens = tokens;
    }

    @Override
    public ConnectionDetails next(Deadline deadline) {
        TokenSigner.Token token = tokens.sign(host, port, username);
        region = token.region();
        return new ConnectionDetails(host, port, databaseName, username, token.text());
    }

    @Override
    public Optional<Duration> refused(Deadline deadline) {
        refusals++;
        return Optional.ofNullable(pauses.poll());
    }

    @Override
    public String advice(DatabaseMessage refusal) {
        if (refusal.kind() == FailureKind.PASSWORD_REJECTED) {
            return "The server treated the token as a password, as it does for a user without the role 'rds_iam' (%s): check that the user exists and has that role, and that IAM authentication is turned on for the database"
                    .formatted(attempts());
        }
        return "The token for %s:%d in region %s was rejected (%s). Check that the function's role may 'rds-db:connect' to user %s of the database's resource id (cluster-… or db-…), that 'Host' is the database's own endpoint and no other name for it, in that region, that the user has the role 'rds_iam', and that no clock is off by minutes. The log 'iam-db-auth-error' of the database, if its export to CloudWatch Logs is turned on, shows the cause"
                .formatted(host, port, Text.quote(region), attempts(), Text.quote(username));
    }

    private String attempts() {
        return refusals == 1 ? "1 attempt" : refusals + " attempts";
    }
}
