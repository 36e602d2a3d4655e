package io.github.cdkliquibase.lambda.roles;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is not as it should be, and the statement that sets it right.
 *
 * @param event for the log
 * @param what in words, as a reason and an attribute show it
 * @param statement never holds a password
 * @param role whom it is about; null for everybody
 * @param schema where; null for what belongs to no schema
 * @param isNoDrift whether this resource made it so, by its default privileges or because other things were asked of it
 */
record Change(
        String event,
        String what,
        String statement,
        @Nullable Purpose role,
        @Nullable String schema,
        boolean isNoDrift) {}
