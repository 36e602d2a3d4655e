package io.github.cdkliquibase.lambda.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class TrustedAuthoritiesTest {

    private static List<X509Certificate> shipped = List.of();

    @BeforeAll
    static void readShippedAuthorities() throws Exception {
        try (InputStream pem = TrustedAuthorities.class.getResourceAsStream("/rds-ca.pem")) {
            shipped = CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }

    @Test
    void authoritiesOfRdsAndOfAmazonAreShipped() {
        assertThat(subjects()).anyMatch(subject -> subject.contains("Amazon RDS eu-central-1 Root CA RSA2048 G1"));
        assertThat(subjects()).anyMatch(subject -> subject.contains("Amazon RDS us-east-1 Root CA ECC384 G1"));
        assertThat(subjects()).anyMatch(subject -> subject.contains("CN=Amazon Root CA 1"));
        assertThat(subjects()).noneMatch(subject -> subject.contains("Beta") || subject.contains("Preview"));
    }

    @Test
    void eachIsARootThatIsValidForAnotherYear() {
        Instant inAYear = Instant.now().plus(Duration.ofDays(365));

        assertThat(shipped).hasSizeGreaterThan(80).allSatisfy(authority -> {
            assertThat(authority.getNotAfter().toInstant())
                    .as(authority.getSubjectX500Principal().getName())
                    .isAfter(inAYear);
            authority.verify(authority.getPublicKey());
        });
    }

    private static List<String> subjects() {
        return shipped.stream()
                .map(authority -> authority.getSubjectX500Principal().getName())
                .toList();
    }
}
