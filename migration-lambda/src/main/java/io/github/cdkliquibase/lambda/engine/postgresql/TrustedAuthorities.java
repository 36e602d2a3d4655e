package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Authorities;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
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

    /**
     * Called by pgjdbc.
     *
     * @param properties of the connection; {@code sslfactoryarg} is the path of a PEM file, or absent
     * @throws IOException if a file of authorities cannot be read
     * @throws GeneralSecurityException if it holds anything but certificates
     */
    public TrustedAuthorities(Properties properties) throws IOException, GeneralSecurityException {
        String file = properties.getProperty("sslfactoryarg");
        KeyStore trusted = Authorities.trusted(Optional.ofNullable(file).map(Path::of));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        factory = context.getSocketFactory();
    }
}
