package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.engine.SslMode;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is and how to log in. The secret supplies values that the properties leave out; without a secret,
 * host and database name are set.
 *
 * @param authentication how to log in
 * @param host overrides the secret's; null means the secret's
 * @param port overrides the secret's; null means the secret's, or 5432
 * @param databaseName overrides the secret's; null means the secret's
 * @param sslMode how much of TLS to require
 * @param sslRootCert PEM file of authorities that are trusted besides those that ship with the function; null for none
 * @param connectTimeout how long a run waits for its first connection while the database refuses, does not answer, or its name
 *     does not resolve; longer than zero
 */
public record DatabaseTarget(
        Authentication authentication,
        @Nullable HostName host,
        @Nullable Integer port,
        @Nullable String databaseName,
        SslMode sslMode,
        @Nullable Path sslRootCert,
        Duration connectTimeout) {

    /** The default wait for the first connection. A paused or new database needs less. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofMinutes(5);

    /** The same target, for which nothing waits longer than this. */
    public DatabaseTarget connectingAtMost(Duration most) {
        return connectTimeout.compareTo(most) <= 0
                ? this
                : new DatabaseTarget(authentication, host, port, databaseName, sslMode, sslRootCert, most);
    }
}
