package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.Text;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.Optional;

/** Writes the next step after a refused connection, as sentences without a full stop at the end. */
final class ConnectAdvice {

    /** The driver's message if the server asks for a method that the connection does not allow. */
    private static final String METHOD_NOT_ALLOWED = "not allowed by requireAuth";

    private ConnectAdvice() {}

    /** The advice; empty if the message of the server or the driver needs none. */
    static Optional<String> on(SQLException failure, Login login, CredentialsSource credentials) {
        if (ConnectFailure.of(failure) == ConnectFailure.CREDENTIALS) {
            return DatabaseMessage.of(failure).map(credentials::advice);
        }
        if (Causes.find(failure, CertificateExpiredException.class).isPresent()
                || Causes.find(failure, CertificateNotYetValidException.class).isPresent()) {
            return Optional.of(
                    "The server's certificate, or another one in its chain, has expired or is not valid yet: renew it");
        }
        if (Causes.find(failure, CertificateException.class).isPresent()) {
            return Optional.of(ofAnUnknownAuthority(login.host()));
        }
        String said = DatabaseMessage.of(failure).map(DatabaseMessage::text).orElse("");
        if (said.contains("could not be verified by hostnameverifier")) {
            return Optional.of(
                    "The server's certificate is for another host name: set 'Host' to a name in the certificate, such as the cluster's own endpoint");
        }
        if (said.contains(METHOD_NOT_ALLOWED)) {
            return Optional.of(
                    "The server asked for the password in clear text, and the function did not send it. Set the method 'scram-sha-256' for the user in 'pg_hba.conf'. RDS does so if the user has the role 'rds_iam': use 'IamUsername', or revoke the role from the user");
        }
        if ("3D000".equals(failure.getSQLState())) {
            return Optional.of("Create the database, or correct 'DatabaseName' or the field 'dbname' of the secret");
        }
        return said.contains("does not support SSL")
                ? Optional.of("Turn on TLS at the server, or set 'SslMode' to 'disable' to connect without it")
                : Optional.empty();
    }

    private static String ofAnUnknownAuthority(HostName host) {
        return host.rdsRegion()
                .filter(region -> !TrustedAuthorities.shipFor(region))
                .map(region ->
                        "The function does not have the certificate authorities of RDS in region %s: put the file %s into the changelog folder, and name it in 'SslRootCert'"
                                .formatted(Text.quote(region), bundle(region)))
                .orElse(
                        "The server's certificate is not signed by a trusted authority: name the PEM file of its authority in 'SslRootCert'");
    }

    // Each partition has its own address. RDS's user guide lists them under "Certificate bundles".
    private static String bundle(String region) {
        String store = region.startsWith("cn-")
                ? "rds-truststore.s3.cn-north-1.amazonaws.com.cn"
                : region.startsWith("us-gov-")
                        ? "truststore.pki.us-gov-west-1.rds.amazonaws.com"
                        : "truststore.pki.rds.amazonaws.com";
        return "https://%s/%s/%s-bundle.pem".formatted(store, region, region);
    }
}
