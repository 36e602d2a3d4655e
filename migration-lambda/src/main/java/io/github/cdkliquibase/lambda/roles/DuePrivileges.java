package io.github.cdkliquibase.lambda.roles;

import java.util.Set;

/** Which privileges each role must have. */
final class DuePrivileges {

    private static final Set<String> ROWS = Set.of("SELECT", "INSERT", "UPDATE", "DELETE");
    private static final Set<String> READ = Set.of("SELECT");
    private static final Set<String> NEXT_VALUE = Set.of("USAGE", "SELECT");

    private DuePrivileges() {}

    /** The wanted privileges of a role on a table, view or sequence. */
    static Set<String> of(RolePurpose purpose, boolean sequence, boolean history) {
        if (purpose == RolePurpose.APPLICATION) {
            return sequence ? NEXT_VALUE : history ? READ : ROWS;
        }
        return READ;
    }
}
