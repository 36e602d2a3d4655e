/** PostgreSQL, and Aurora PostgreSQL: its driver, SQLSTATEs, catalogs, session settings and statements. */
@NullMarked
package io.github.cdkliquibase.lambda.engine.postgresql;

import org.jspecify.annotations.NullMarked;
