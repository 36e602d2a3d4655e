package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.failure.Text;

/**
 * Where to connect and as whom, with nothing left open.
 *
 * @param password a password, or a token in its place; never to be shown
 */
public record ConnectionDetails(HostName host, int port, String databaseName, String username, String password) {

    /** The database for a reason. */
    public String place() {
        return "database %s at %s:%d".formatted(Text.quote(databaseName), host, port);
    }

    // Without the password.
    @Override
    public String toString() {
        return "ConnectionDetails[" + place() + ", username=" + username + "]";
    }
}
