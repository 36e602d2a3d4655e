package io.github.cdkliquibase.lambda.roles;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The roles of the cluster and their memberships.
 *
 * @param me the user of the connection
 * @param database the database of the connection
 * @param version major version of the server
 */
record Catalog(String me, String database, int version, Map<String, Entry> roles, List<Membership> memberships) {

    /** The role of RDS whose members can log in only by an IAM token. */
    static final String IAM = "rds_iam";

    private static final String ROLES =
            "SELECT rolname, rolsuper, rolcanlogin, rolinherit, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,"
                    + " rolconnlimit = 0, coalesce(rolvaliduntil < now(), false), shobj_description(oid, 'pg_authid') FROM pg_roles";

    /** A row of {@code pg_roles}, and the comment on the role. */
    record Entry(
            String name,
            boolean superuser,
            boolean logsIn,
            boolean inherits,
            boolean createsDatabases,
            boolean createsRoles,
            boolean replicates,
            boolean bypassesRowSecurity,
            boolean hasNoConnections,
            boolean isExpired,
            @Nullable String comment) {

        private static Entry read(ResultSet row) throws SQLException {
            return new Entry(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getBoolean(3),
                    row.getBoolean(4),
                    row.getBoolean(5),
                    row.getBoolean(6),
                    row.getBoolean(7),
                    row.getBoolean(8),
                    row.getBoolean(9),
                    row.getBoolean(10),
                    row.getString(11));
        }

        Optional<Mark> mark() {
            return Mark.read(comment);
        }

        /** Whether this project has created the role, for any resource. */
        boolean isMadeHere() {
            return Mark.OF_NO_RESOURCE.equals(comment) || mark().map(Mark::made).orElse(false);
        }

        /** Whether it has an attribute for the whole server that these roles must not have. */
        boolean isMoreThanARole() {
            return superuser || createsDatabases || createsRoles || replicates || bypassesRowSecurity;
        }
    }

    /** A row of {@code pg_auth_members}. Before PostgreSQL 16 every membership can be inherited and set. */
    record Membership(String role, String member, String grantor, boolean inherits, boolean sets, boolean administers) {

        private static Membership read(ResultSet row) throws SQLException {
            return new Membership(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getBoolean(4),
                    row.getBoolean(5),
                    row.getBoolean(6));
        }

        // PostgreSQL grants this to the creator of a role: it may administer the role, but has none of its privileges.
        boolean isUsable() {
            return inherits || sets;
        }

        // An administrator of a role can grant the role to itself.
        boolean isUsableOrCanBeMadeSo() {
            return isUsable() || administers;
        }
    }

    static Catalog read(Sql sql) throws SQLException {
        int version = sql.version();
        List<Entry> roles = sql.list(ROLES, Entry::read);
        List<Membership> memberships = sql.list(memberships(version), Membership::read);
        List<String> here = sql.list(
                        "SELECT current_user, current_database()", row -> List.of(row.getString(1), row.getString(2)))
                .get(0);
        return new Catalog(
                here.get(0),
                here.get(1),
                version,
                roles.stream().collect(Collectors.toMap(Entry::name, Function.identity())),
                memberships);
    }

    // The names, because a grantor before PostgreSQL 16 may be gone.
    private static String memberships(int version) {
        return "SELECT r.rolname, m.rolname, coalesce(g.rolname, ''), "
                + (version >= 16 ? "a.inherit_option, a.set_option" : "true, true")
                + ", a.admin_option FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member"
                + " LEFT JOIN pg_roles g ON g.oid = a.grantor";
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

    /** Whether the user of the connection may write the comment on a role that is there. */
    boolean mayCommentOn(String role) {
        return version < 16
                || isSuperuser()
                || memberships.stream()
                        .anyMatch(
                                each -> each.member().equals(me) && each.role().equals(role) && each.administers());
    }

    boolean isMember(String member, String role) {
        return memberships.stream()
                .anyMatch(each -> each.member().equals(member) && each.role().equals(role) && each.isUsable());
    }
}
