/** Connects to the database: the target, the secret or the token, TLS, and the retries until a connection is open. */
@NullMarked
package io.github.cdkliquibase.lambda.database;

import org.jspecify.annotations.NullMarked;
