package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.Authorities;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.Text;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.Optional;

/** Writes the next step after a refused connection, as sentences without a full stop at the end. */
final class ConnectAdvice {

    private ConnectAdvice() {}

    /** The advice; empty if the message of the server or the driver needs none. */
    static Optional<String> on(
            SQLException failure,
            Optional<DatabaseMessage> message,
            ConnectionDetails login,
            CredentialsSource credentials) {
        FailureKind kind = message.map(DatabaseMessage::kind).orElse(FailureKind.OTHER);
        if (kind.isOfCredentials()) {
            return message.map(credentials::advice);
        }
        if (Causes.find(failure, CertificateExpiredException.class).isPresent()
                || Causes.find(failure, CertificateNotYetValidException.class).isPresent()) {
            return Optional.of(
                    "The server's certificate, or another one in its chain, has expired or is not valid yet: renew it");
        }
        if (Causes.find(failure, CertificateException.class).isPresent()) {
            return Optional.of(ofAnUnknownAuthority(login.host()));
        }
        return onKind(kind);
    }

    private static Optional<String> onKind(FailureKind kind) {
        return switch (kind) {
            case OTHER_HOST_NAME ->
                Optional.of(
                        "The server's certificate is for another host name: set 'Host' to a name in the certificate, such as the cluster's own endpoint");
            case CLEAR_TEXT_PASSWORD ->
                Optional.of(
                        "The server asked for the password in clear text, and the function did not send it. Set the method 'scram-sha-256' for the user in 'pg_hba.conf'. RDS does so if the user has the role 'rds_iam': use 'IamUsername', or revoke the role from the user");
            case NO_DATABASE ->
                Optional.of("Create the database, or correct 'DatabaseName' or the field 'dbname' of the secret");
            case NO_TLS ->
                Optional.of("Turn on TLS at the server, or set 'SslMode' to 'disable' to connect without it");
            default -> Optional.empty();
        };
    }

    private static String ofAnUnknownAuthority(HostName host) {
        return host.rdsRegion()
                .filter(region -> !Authorities.shipFor(region))
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
