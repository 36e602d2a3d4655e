package io.github.cdkliquibase.stage.database;

import org.jspecify.annotations.Nullable;

/**
 * What it takes to connect to a database as the user that migrates.
 *
 * @param sslMode in pgjdbc's words
 * @param certificateAuthority PEM of the CA certificates to trust; null for those that the function ships with
 */
record Access(
        String host,
        int port,
        String databaseName,
        String username,
        String password,
        String sslMode,
        @Nullable String certificateAuthority) {

    Access withPassword(String newPassword) {
        return new Access(host, port, databaseName, username, newPassword, sslMode, certificateAuthority);
    }

    @Override
    public String toString() {
        return "Access[host=" + host + ", databaseName=" + databaseName + ", username=" + username + "]";
    }
}
