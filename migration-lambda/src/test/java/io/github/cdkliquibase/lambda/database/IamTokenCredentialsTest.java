package io.github.cdkliquibase.lambda.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.engine.SslMode;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class IamTokenCredentialsTest {

    private static final Deadline DEADLINE = Deadline.in(Duration.ofMinutes(1));

    private final List<String> signed = new ArrayList<>();
    private final CredentialsSource credentials = new IamTokenCredentials(
            "migrator",
            new DatabaseTarget(
                    new Authentication.IamToken("migrator"),
                    new HostName("db.example.com"),
                    null,
                    "shop",
                    SslMode.VERIFY_FULL,
                    null,
                    DatabaseTarget.DEFAULT_CONNECT_TIMEOUT),
            5432,
            (host, port, username) -> {
                signed.add(host + ":" + port + "/" + username);
                return new TokenSigner.Token("token-" + signed.size(), "eu-central-1");
            });

    @Test
    void eachAttemptHasATokenOfItsOwn() {
        ConnectionDetails first = credentials.next(DEADLINE);
        ConnectionDetails second = credentials.next(DEADLINE);

        assertThat(first)
                .isEqualTo(new ConnectionDetails(new HostName("db.example.com"), 5432, "shop", "migrator", "token-1"));
        assertThat(second.password()).isEqualTo("token-2");
        assertThat(signed).containsExactly("db.example.com:5432/migrator", "db.example.com:5432/migrator");
    }

    @Test
    void aRefusedTokenIsTriedFiveTimesMoreAndForHalfAMinuteAtMost() {
        List<Duration> pauses = new ArrayList<>();
        for (Optional<Duration> pause = credentials.refused(DEADLINE);
                pause.isPresent();
                pause = credentials.refused(DEADLINE)) {
            pauses.add(pause.get());
        }

        assertThat(pauses).hasSize(5).isSorted();
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofSeconds(25));
        assertThat(credentials.refused(DEADLINE)).isEmpty();
    }

    @Test
    void whatToCheckDependsOnWhatTheServerTookTheTokenFor() {
        credentials.next(DEADLINE);
        credentials.refused(DEADLINE);

        assertThat(credentials.advice(new DatabaseMessage(
                        "PAM authentication failed for user \"migrator\"",
                        "28000",
                        FailureKind.TOKEN_REJECTED,
                        true,
                        0,
                        Set.of())))
                .isEqualTo(
                        "The token for db.example.com:5432 in region 'eu-central-1' was rejected (1 attempt). Check that the function's role may 'rds-db:connect' to user 'migrator' of the database's resource id (cluster-… or db-…), that 'Host' is the database's own endpoint and no other name for it, in that region, that the user has the role 'rds_iam', and that no clock is off by minutes. The log 'iam-db-auth-error' of the database, if its export to CloudWatch Logs is turned on, shows the cause");

        credentials.refused(DEADLINE);
        assertThat(credentials.advice(new DatabaseMessage(
                        "password authentication failed for user \"migrator\"",
                        "28P01",
                        FailureKind.PASSWORD_REJECTED,
                        true,
                        0,
                        Set.of())))
                .isEqualTo(
                        "The server treated the token as a password, as it does for a user without the role 'rds_iam' (2 attempts): check that the user exists and has that role, and that IAM authentication is turned on for the database");
    }
}
