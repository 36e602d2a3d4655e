package io.github.cdkliquibase.lambda.roles;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One privilege of one role on one object, with the object's place, and whether this user can grant it. */
record Acl(
        String schema,
        String object,
        String name,
        boolean ours,
        String kind,
        @Nullable String role,
        @Nullable String privilege,
        boolean grantable) {

    static Acl read(ResultSet row) throws SQLException {
        return new Acl(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBoolean(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getBoolean(8));
    }

    /** The privileges of a role that are its own. */
    static Set<String> privileges(List<Acl> acl, String role) {
        return acl.stream()
                .filter(each -> role.equals(each.role()) && each.privilege() != null)
                .map(each -> String.valueOf(each.privilege()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The elements of the first set that are not in the second, in order. */
    static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }
}
