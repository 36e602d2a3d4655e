package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.failure.Text;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * The complete details of a connection: host, port, database and user.
 *
 * @param password a password, or a token in its place; must never be shown
 */
record Login(HostName host, int port, String databaseName, String username, String password) {

    /** The default port. */
    static final int DEFAULT_PORT = 5432;

    // The name is encoded, so that it cannot add parameters to the URL. They would override the connection's own
    // settings.
    String url() {
        String name = URLEncoder.encode(databaseName, StandardCharsets.UTF_8);
        return "jdbc:postgresql://" + host.inUrl() + ":" + port + "/" + name;
    }

    /** The database in words for a reason. */
    String place() {
        return "database %s at %s:%d".formatted(Text.quote(databaseName), host, port);
    }

    // Leaves out the password.
    @Override
    public String toString() {
        return "Login[" + place() + ", username=" + username + "]";
    }
}
