package io.github.cdkliquibase.lambda.roles;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the roles may do with one object: its place, whether we can grant it, and one privilege of one role. */
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

    /** What a role may do by its own right. */
    static Set<String> privileges(List<Acl> acl, String role) {
        return acl.stream()
                .filter(each -> role.equals(each.role()) && each.privilege() != null)
                .map(each -> String.valueOf(each.privilege()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What is in the one set and not in the other, in order. */
    static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }
}
