package io.github.cdkliquibase.lambda.database;

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
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.postgresql.ssl.WrappedFactory;

/**
 * The socket factory that pgjdbc creates by name. It trusts the authorities of RDS and of Amazon that ship with the
 * function, and those of one more PEM file.
 *
 * <p>pgjdbc does not use the JVM's trust store when it verifies, and the Lambda runtime is not documented to hold the
 * authorities of RDS. The driver checks the host name itself, after the handshake, in mode {@code verify-full}.
 */
public final class TrustedAuthorities extends WrappedFactory {

    private static final String SHIPPED = "/rds-ca.pem";

    /**
     * Called by pgjdbc.
     *
     * @param properties of the connection; {@code sslfactoryarg} is the path of a PEM file, or absent
     * @throws IOException if a file of authorities cannot be read
     * @throws GeneralSecurityException if it holds anything but certificates
     */
    public TrustedAuthorities(Properties properties) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream shipped = TrustedAuthorities.class.getResourceAsStream(SHIPPED)) {
            if (shipped == null) {
                throw new IOException("Resource '%s' is missing from the function".formatted(SHIPPED));
            }
            add(trusted, "shipped-", certificates(shipped));
        }
        String file = properties.getProperty("sslfactoryarg");
        if (file != null) {
            add(trusted, "added-", read(Path.of(file)));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        factory = context.getSocketFactory();
    }

    /** Whether the authorities of RDS in a region ship with the function. */
    static boolean shipFor(String region) {
        try (InputStream shipped = TrustedAuthorities.class.getResourceAsStream(SHIPPED)) {
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

    static List<Certificate> read(Path pem) throws IOException, CertificateException {
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
