/** The database that is migrated. */
@NullMarked
package io.github.cdkliquibase.constructs.database;

import org.jspecify.annotations.NullMarked;
