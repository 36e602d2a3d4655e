/** Everything specific to PostgreSQL: statements, sessions, and concurrent index builds. */
@NullMarked
package io.github.cdkliquibase.lambda.engine.postgresql;

import org.jspecify.annotations.NullMarked;
