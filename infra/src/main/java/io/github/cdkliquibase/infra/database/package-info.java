/** The database that is migrated. */
@NullMarked
package io.github.cdkliquibase.infra.database;

import org.jspecify.annotations.NullMarked;
