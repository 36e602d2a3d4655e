package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.failure.Text;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Where to connect and as whom, with nothing left open.
 *
 * @param password a password, or a token in its place; never to be shown
 */
record Login(HostName host, int port, String databaseName, String username, String password) {

    /** The port where nothing names another one. */
    static final int DEFAULT_PORT = 5432;

    // The name cannot add parameters to the URL, where they would win over the connection's own settings.
    String url() {
        String name = URLEncoder.encode(databaseName, StandardCharsets.UTF_8);
        return "jdbc:postgresql://" + host.inUrl() + ":" + port + "/" + name;
    }

    /** The database for a reason. */
    String place() {
        return "database %s at %s:%d".formatted(Text.quote(databaseName), host, port);
    }

    // Without the password.
    @Override
    public String toString() {
        return "Login[" + place() + ", username=" + username + "]";
    }
}
