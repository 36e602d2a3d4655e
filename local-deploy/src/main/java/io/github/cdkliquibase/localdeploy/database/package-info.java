/** The PostgreSQL database that a deploy changes: one of our own, or one that exists already. */
@NullMarked
package io.github.cdkliquibase.localdeploy.database;

import org.jspecify.annotations.NullMarked;
