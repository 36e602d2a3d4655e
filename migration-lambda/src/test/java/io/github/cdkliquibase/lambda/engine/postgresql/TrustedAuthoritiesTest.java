package io.github.cdkliquibase.lambda.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
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

    /** So that a change of what is trusted is seen as one: who, until when, and which key. */
    @Test
    void theyAreThoseThatWereApproved() throws Exception {
        List<String> listing = new ArrayList<>();
        for (X509Certificate authority : shipped) {
            listing.add("%s | %s | %s"
                    .formatted(
                            authority.getSubjectX500Principal().getName(),
                            LocalDate.ofInstant(authority.getNotAfter().toInstant(), ZoneOffset.UTC),
                            HexFormat.of()
                                    .formatHex(
                                            MessageDigest.getInstance("SHA-256").digest(authority.getEncoded()))));
        }
        Collections.sort(listing);
        Path found = Files.write(Path.of("target", "trusted-authorities.txt"), listing);

        assertThat(listing)
                .as(
                        "If what is in %s is right, it takes the place of src/test/resources/trusted-authorities.txt",
                        found)
                .containsExactlyElementsOf(approved());
    }

    private static List<String> approved() throws IOException {
        try (InputStream file = TrustedAuthoritiesTest.class.getResourceAsStream("/trusted-authorities.txt")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    @Test
    void noneOfThemIsForTrialsOrAnIntermediate() {
        assertThat(subjects())
                .noneMatch(subject -> subject.contains("Beta") || subject.contains("Preview"))
                .allMatch(subject -> subject.contains("Root C"))
                .doesNotHaveDuplicates();
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
