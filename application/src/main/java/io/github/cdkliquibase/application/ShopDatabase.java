package io.github.cdkliquibase.application;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.rds.RdsUtilities;

/** The database as this application sees it: over TLS with a verified name, as a user whose passwords are IAM tokens. */
final class ShopDatabase {

    private final String host;
    private final int port;
    private final String name;
    private final String user;
    private final String authorities;
    private final RdsUtilities tokens;

    private ShopDatabase(Map<String, String> environment) {
        host = required(environment, "DATABASE_HOST");
        port = Integer.parseInt(required(environment, "DATABASE_PORT"));
        name = required(environment, "DATABASE_NAME");
        user = required(environment, "DATABASE_USER");
        // Lambda unpacks the zip there, and in it are the authorities of RDS.
        authorities = environment.getOrDefault(
                "DATABASE_AUTHORITIES", required(environment, "LAMBDA_TASK_ROOT") + "/rds-ca.pem");
        tokens = RdsUtilities.builder()
                .region(Region.of(required(environment, "AWS_REGION")))
                .credentialsProvider(DefaultCredentialsProvider.builder().build())
                .build();
    }

    static ShopDatabase fromEnvironment() {
        return new ShopDatabase(System.getenv());
    }

    private static String required(Map<String, String> environment, String variable) {
        String value = environment.get(variable);
        if (value == null) {
            throw new IllegalStateException("Environment variable '%s' must be set".formatted(variable));
        }
        return value;
    }

    /** Connects. A token is valid for 15 minutes, so each connection gets a new one; signing it needs no call. */
    Connection connect() throws SQLException {
        String token = tokens.generateAuthenticationToken(
                request -> request.hostname(host).port(port).username(user));
        Properties settings = new Properties();
        PGProperty.USER.set(settings, user);
        PGProperty.PASSWORD.set(settings, token);
        PGProperty.SSL_MODE.set(settings, "verify-full");
        PGProperty.SSL_ROOT_CERT.set(settings, authorities);
        Connection connection =
                new Driver().connect("jdbc:postgresql://%s:%d/%s".formatted(host, port, name), settings);
        if (connection == null) {
            throw new SQLException("The driver did not take its own URL");
        }
        return connection;
    }
}
