package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A database as a contestant reaches it.
 *
 * @param port port of the server, or of a proxy before it
 * @param authority PEM file of the CA certificate to trust; empty for a connection without TLS
 */
public record Target(String host, int port, String database, String user, String password, Optional<Path> authority) {

    /** A database without TLS, by a port of our own. */
    public static Target of(TargetDatabase database, int port) {
        return new Target(
                database.host(),
                port,
                database.databaseName(),
                database.username(),
                database.password(),
                Optional.empty());
    }

    /** The same with TLS. */
    public Target withAuthority(Path pem) {
        return new Target(host, port, database, user, password, Optional.of(pem));
    }

    /** URL for JDBC, with TLS or without, without the user. */
    public String jdbcUrl() {
        String tls =
                authority.map(pem -> "sslmode=verify-full&sslrootcert=" + pem).orElse("sslmode=disable");
        return "jdbc:postgresql://%s:%d/%s?%s".formatted(host, port, database, tls);
    }

    /** The secret as RDS keeps it. */
    String secret() {
        return """
                {"username":"%s","password":"%s","host":"%s","port":%d,"dbname":"%s","engine":"postgres"}""".formatted(user, password, host, port, database);
    }

    // Leaves out the password.
    @Override
    public String toString() {
        return "Target[host=" + host + ", port=" + port + ", database=" + database + "]";
    }
}
