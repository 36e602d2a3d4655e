package io.github.cdkliquibase.lambda.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The authorities whose certificates are trusted: those of RDS and of Amazon that ship with the function, and one file more. */
public final class Authorities {

    private static final String SHIPPED = "/rds-ca.pem";

    private Authorities() {}

    /**
     * A store of those that ship and those of one more PEM file.
     *
     * @param added the PEM file
     * @throws IOException if a file of authorities cannot be read
     * @throws GeneralSecurityException if it holds anything but certificates
     */
    public static KeyStore trusted(Optional<Path> added) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream shipped = Authorities.class.getResourceAsStream(SHIPPED)) {
            if (shipped == null) {
                throw new IOException("Resource '%s' is missing from the function".formatted(SHIPPED));
            }
            add(trusted, "shipped-", certificates(shipped));
        }
        if (added.isPresent()) {
            add(trusted, "added-", read(added.get()));
        }
        return trusted;
    }

    /** Whether the authorities of RDS in a region ship with the function. */
    public static boolean shipFor(String region) {
        try (InputStream shipped = Authorities.class.getResourceAsStream(SHIPPED)) {
            return shipped != null
                    && certificates(shipped).stream()
                            .map(certificate -> ((X509Certificate) certificate)
                                    .getSubjectX500Principal()
                                    .getName())
                            .anyMatch(subject -> subject.contains("CN=Amazon RDS " + region + " "));
        } catch (IOException | CertificateException e) {
            return false;
        }
    }

    /**
     * The certificates of a PEM file.
     *
     * @throws IOException if it cannot be read
     * @throws CertificateException if it holds something else
     */
    public static List<Certificate> read(Path pem) throws IOException, CertificateException {
        try (InputStream content = Files.newInputStream(pem)) {
            return certificates(content);
        }
    }

    private static List<Certificate> certificates(InputStream pem) throws CertificateException {
        return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(pem));
    }

    private static void add(KeyStore trusted, String prefix, List<Certificate> authorities) throws KeyStoreException {
        for (int i = 0; i < authorities.size(); i++) {
            trusted.setCertificateEntry(prefix + i, authorities.get(i));
        }
    }
}
