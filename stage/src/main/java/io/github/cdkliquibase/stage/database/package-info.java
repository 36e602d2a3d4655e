/** The PostgreSQL database that a deploy changes: one of our own, or one that exists already. */
@NullMarked
package io.github.cdkliquibase.stage.database;

import org.jspecify.annotations.NullMarked;
