package io.github.cdkliquibase.lambda.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.engine.postgresql.PostgresqlEngine;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/** Which authorities a certificate of RDS needs; the other advice is shown with a server. */
final class ConnectAdviceTest {

    private static final CredentialsSource NONE = new CredentialsSource() {
        @Override
        public ConnectionDetails next(Deadline deadline) {
            throw new AssertionError("no login is needed");
        }

        @Override
        public Optional<Duration> refused(Deadline deadline) {
            return Optional.empty();
        }

        @Override
        public String advice(DatabaseMessage refusal) {
            throw new AssertionError("the credentials are not refused");
        }
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "db.c1.us-gov-west-1.rds.amazonaws.com | us-gov-west-1 | https://truststore.pki.us-gov-west-1.rds.amazonaws.com/us-gov-west-1/us-gov-west-1-bundle.pem",
                "db.c1.rds.cn-northwest-1.amazonaws.com.cn | cn-northwest-1 | https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/cn-northwest-1/cn-northwest-1-bundle.pem",
                "db.cluster-c1.il-central-1.rds.amazonaws.com | il-central-1 | https://truststore.pki.rds.amazonaws.com/il-central-1/il-central-1-bundle.pem",
            })
    void theFileOfARegionWhoseAuthoritiesDoNotShipIsNamed(String host, String region, String file) {
        assertThat(adviceOnAnUnknownAuthority(host))
                .isEqualTo(
                        "The function does not have the certificate authorities of RDS in region '%s': put the file %s into the changelog folder, and name it in 'SslRootCert'",
                        region, file);
    }

    @ParameterizedTest
    @CsvSource({"db.cluster-c1.eu-central-1.rds.amazonaws.com", "db.example.com"})
    void elsewhereTheFileOfTheAuthorityIsAskedFor(String host) {
        assertThat(adviceOnAnUnknownAuthority(host))
                .isEqualTo(
                        "The server's certificate is not signed by a trusted authority: name the PEM file of its authority in 'SslRootCert'");
    }

    private static String adviceOnAnUnknownAuthority(String host) {
        PSQLException failure = new PSQLException(
                "SSL error", PSQLState.CONNECTION_FAILURE, new CertificateException("no path to a trusted authority"));
        return ConnectAdvice.on(
                        failure,
                        PostgresqlEngine.create().failures().of(failure),
                        new ConnectionDetails(new HostName(host), 5432, "shop", "app", "secret"),
                        NONE)
                .orElseThrow();
    }
}
