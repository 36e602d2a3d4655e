package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.Authorities;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** The file of the property 'SslRootCert'. */
final class CertificateFile {

    private CertificateFile() {}

    /**
     * Refuses a file without certificates.
     *
     * @param sslRootCert null if the property is not set
     */
    static void require(@Nullable Path sslRootCert) {
        if (sslRootCert == null) {
            return;
        }
        if (!Files.isRegularFile(sslRootCert)) {
            throw refusal(sslRootCert, "is not a file in the changelog folder", null);
        }
        try {
            if (Authorities.read(sslRootCert).isEmpty()) {
                throw refusal(sslRootCert, "does not hold PEM certificates", null);
            }
        } catch (IOException | CertificateException e) {
            throw refusal(sslRootCert, "does not hold PEM certificates", e);
        }
    }

    private static MigrationException refusal(Path sslRootCert, String fault, @Nullable Exception cause) {
        String name = Text.quote(String.valueOf(sslRootCert.getFileName()));
        return new MigrationException("Property 'SslRootCert' names %s, which %s".formatted(name, fault), cause);
    }
}
