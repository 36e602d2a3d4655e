package io.github.cdkliquibase.lambda.roles;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Who there is in the cluster, and who is a member of whom.
 *
 * @param me the user that the connection belongs to
 * @param version major version of the server
 */
record Catalog(String me, int version, Map<String, Entry> roles, List<Membership> memberships) {

    /** The role of RDS whose members log in by an IAM token, and only so. */
    static final String IAM = "rds_iam";

    /** The comment on a role that this project has created, and so may drop. */
    static final String MADE_HERE = "Made by cdk-liquibase";

    /** A row of {@code pg_roles}, and whether this project has created the role. */
    record Entry(
            String name,
            boolean superuser,
            boolean logsIn,
            boolean inherits,
            boolean createsDatabases,
            boolean createsRoles,
            boolean replicates,
            boolean bypassesRowSecurity,
            boolean madeHere) {}

    /** A row of {@code pg_auth_members}. Before PostgreSQL 16 every membership can be inherited and set. */
    record Membership(String role, String member, String grantor, boolean inherits, boolean sets) {

        // What PostgreSQL gives to the creator of a role by itself: the right to administer it, and nothing of it.
        boolean isUsable() {
            return inherits || sets;
        }
    }

    static Catalog read(Sql sql) throws SQLException {
        int version = sql.version();
        List<Entry> roles = sql.list(
                "SELECT rolname, rolsuper, rolcanlogin, rolinherit, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,"
                        + " coalesce(shobj_description(oid, 'pg_authid') = '" + MADE_HERE + "', false) FROM pg_roles",
                row -> new Entry(
                        row.getString(1),
                        row.getBoolean(2),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        row.getBoolean(5),
                        row.getBoolean(6),
                        row.getBoolean(7),
                        row.getBoolean(8),
                        row.getBoolean(9)));
        // The names, because a grantor before PostgreSQL 16 may be gone.
        List<Membership> memberships = sql.list(
                "SELECT r.rolname, m.rolname, coalesce(g.rolname, ''), "
                        + (version >= 16 ? "a.inherit_option, a.set_option" : "true, true")
                        + " FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member"
                        + " LEFT JOIN pg_roles g ON g.oid = a.grantor",
                row -> new Membership(
                        row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4), row.getBoolean(5)));
        return new Catalog(
                sql.list("SELECT current_user", row -> row.getString(1)).get(0),
                version,
                roles.stream().collect(Collectors.toMap(Entry::name, Function.identity())),
                memberships);
    }

    /** Whether the role is there and was created by this project. One that was there before is never dropped. */
    boolean mayDrop(String role) {
        return role(role).map(Entry::madeHere).orElse(false);
    }

    boolean has(String role) {
        return roles.containsKey(role);
    }

    Optional<Entry> role(String name) {
        return Optional.ofNullable(roles.get(name));
    }

    boolean isSuperuser() {
        return role(me).map(Entry::superuser).orElse(false);
    }

    boolean isMember(String member, String role) {
        return memberships.stream()
                .anyMatch(each -> each.member().equals(member) && each.role().equals(role) && each.isUsable());
    }
}
