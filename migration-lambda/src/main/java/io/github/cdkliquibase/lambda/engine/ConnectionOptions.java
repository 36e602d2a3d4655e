package io.github.cdkliquibase.lambda.engine;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How to connect.
 *
 * @param application the name by which the server lists the session
 * @param sslMode how much of TLS to insist on
 * @param sslRootCert PEM file of authorities that are trusted besides those that ship with the function
 * @param hasPassword whether the details hold a password, which is not sent in clear text; a token is sent over TLS alone
 * @param settings of the session
 */
public record ConnectionOptions(
        String application,
        SslMode sslMode,
        Optional<Path> sslRootCert,
        boolean hasPassword,
        SessionSettings settings) {}
