package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Finds the source of a role's privilege that is not its own: PUBLIC, or a role that it is a member of. */
final class Sources {

    /** No role has this name. */
    private static final String EVERYBODY = "";

    private final String role;
    private final Map<String, List<String>> paths;
    private final Map<Long, Map<String, Set<String>>> grants;

    private Sources(String role, Map<String, List<String>> paths, Map<Long, Map<String, Set<String>>> grants) {
        this.role = role;
        this.paths = paths;
        this.grants = grants;
    }

    /** Reads all grants in the schemas, including those on columns. It takes one round trip. */
    static Sources of(Sql sql, Catalog catalog, String role, List<String> schemas) throws SQLException {
        Map<Long, Map<String, Set<String>>> grants = new HashMap<>();
        sql.list(
                "SELECT c.oid, coalesce(g.rolname, ''), a.privilege_type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
                        + " LATERAL (SELECT x.grantee, x.privilege_type FROM aclexplode(c.relacl) x"
                        + " UNION ALL SELECT x.grantee, x.privilege_type FROM pg_attribute t, LATERAL aclexplode(t.attacl) x WHERE t.attrelid = c.oid) a"
                        + " LEFT JOIN pg_roles g ON g.oid = a.grantee WHERE n.nspname = ANY (?)",
                row -> grants.computeIfAbsent(row.getLong(1), each -> new HashMap<>())
                        .computeIfAbsent(row.getString(2), each -> new HashSet<>())
                        .add(row.getString(3)),
                schemas);
        return new Sources(
                role, new MembershipPaths(catalog, Catalog.Membership::isUsableOrCanBeMadeSo).from(role), grants);
    }

    /** The source in words, to follow the object; empty if the privilege is the role's own. */
    String of(ProbeTarget target, Set<String> privileges) {
        Map<String, Set<String>> here = grants.getOrDefault(target.oid(), Map.of());
        if (gives(here, role, privileges)) {
            return "";
        }
        if (gives(here, EVERYBODY, privileges)) {
            return " from PUBLIC";
        }
        return paths.keySet().stream()
                .filter(each -> gives(here, each, privileges) || each.equals(target.owner()))
                .findFirst()
                .map(each -> " from %s (%s)"
                        .formatted(Text.quote(each), MembershipPaths.shown(Objects.requireNonNull(paths.get(each)))))
                .orElse("");
    }

    private static boolean gives(Map<String, Set<String>> here, String grantee, Set<String> privileges) {
        return here.getOrDefault(grantee, Set.of()).stream().anyMatch(privileges::contains);
    }
}
