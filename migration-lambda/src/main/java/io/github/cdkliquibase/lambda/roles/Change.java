package io.github.cdkliquibase.lambda.roles;

import org.jspecify.annotations.Nullable;

/**
 * One difference from the wanted state, and the statement that corrects it.
 *
 * @param event for the log
 * @param what the difference in words, for reasons and attributes
 * @param statement never holds a password
 * @param role the affected role; null for all roles
 * @param schema the schema; null if the change belongs to no schema
 * @param isNoDrift whether this resource caused the difference, by its default privileges or because its properties
 *     changed
 */
record Change(
        String event,
        String what,
        String statement,
        @Nullable RolePurpose role,
        @Nullable String schema,
        boolean isNoDrift) {

    /** A change of a role itself, in no schema, that counts as drift. */
    static Change ofRole(String event, String what, String statement, RolePurpose role) {
        return new Change(event, what, statement, role, null, false);
    }
}
