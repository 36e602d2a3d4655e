package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.SslMode;
import io.github.cdkliquibase.lambda.engine.HostName;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is and as whom to connect. What the properties leave open, the secret says; without a secret, host
 * and database name are there.
 *
 * @param authentication as whom
 * @param host wins over the secret's; null means the secret's
 * @param port wins over the secret's; null means the secret's, or 5432
 * @param databaseName wins over the secret's; null means the secret's
 * @param sslMode how much of TLS to insist on
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

    /** The wait for the first connection where nothing names another one: a database that is paused or new comes up in it. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofMinutes(5);
}
