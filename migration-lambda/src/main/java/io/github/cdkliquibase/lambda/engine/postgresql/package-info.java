/** What is PostgreSQL's own: its statements, its sessions, and the indexes that it builds concurrently. */
@NullMarked
package io.github.cdkliquibase.lambda.engine.postgresql;

import org.jspecify.annotations.NullMarked;
