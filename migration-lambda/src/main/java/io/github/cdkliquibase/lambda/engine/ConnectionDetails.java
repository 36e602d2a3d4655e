package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.failure.Text;

/**
 * The complete details of a connection: host, port, database and user.
 *
 * @param password a password, or a token in its place; must never be shown
 */
public record ConnectionDetails(HostName host, int port, String databaseName, String username, String password) {

    /** The database in words for a reason. */
    public String place() {
        return "database %s at %s:%d".formatted(Text.quote(databaseName), host, port);
    }

    // Leaves out the password.
    @Override
    public String toString() {
        return "ConnectionDetails[" + place() + ", username=" + username + "]";
    }
}
