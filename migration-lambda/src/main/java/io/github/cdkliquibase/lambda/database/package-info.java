/** Where the database is and as whom to connect: the secret, TLS, and the retries until a connection stands. */
@NullMarked
package io.github.cdkliquibase.lambda.database;

import org.jspecify.annotations.NullMarked;
