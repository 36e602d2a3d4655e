package io.github.cdkliquibase.lambda.roles;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The effective privileges of a role on an object, from whatever source.
 *
 * @param whole the privileges on the whole object
 * @param partly the privileges on some of its columns only
 */
record EffectivePrivileges(Set<String> whole, Set<String> partly) {

    /** No privilege at all. */
    static final EffectivePrivileges NONE = new EffectivePrivileges(Set.of(), Set.of());

    /** Reads the privileges of a role in some schemas, by the object's oid. It takes one round trip. */
    static Map<Long, EffectivePrivileges> read(Sql sql, Catalog catalog, String role, List<String> schemas)
            throws SQLException {
        Map<Long, EffectivePrivileges> privileges = new HashMap<>();
        sql.list(
                query(catalog.version()),
                row -> {
                    EffectivePrivileges here = privileges.computeIfAbsent(
                            row.getLong(1), each -> new EffectivePrivileges(new HashSet<>(), new HashSet<>()));
                    return (row.getBoolean(3) ? here.whole() : here.partly()).add(row.getString(2));
                },
                role,
                schemas);
        return privileges;
    }

    // Each row: the object, a privilege, and whether the role has it on the whole object.
    private static String query(int version) {
        return "SELECT c.oid, p.privilege, CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(r.oid, c.oid, p.privilege)"
                + " ELSE has_table_privilege(r.oid, c.oid, p.privilege) END"
                + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = ?,"
                + " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'USAGE'"
                + (version >= 17 ? ", 'MAINTAIN'" : "")
                + "]) p (privilege) WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                + " AND CASE WHEN c.relkind = 'S'"
                + " THEN CASE WHEN p.privilege IN ('USAGE', 'SELECT', 'UPDATE') THEN has_sequence_privilege(r.oid, c.oid, p.privilege) END"
                + " WHEN p.privilege = 'USAGE' THEN false"
                + " WHEN p.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN has_any_column_privilege(r.oid, c.oid, p.privilege)"
                + " ELSE has_table_privilege(r.oid, c.oid, p.privilege) END";
    }

    /** The privileges, also those on columns, that are not in this set, in order. */
    Set<String> without(Set<String> due) {
        Set<String> surplus = new TreeSet<>(whole);
        surplus.addAll(partly);
        surplus.removeAll(due);
        return surplus;
    }
}
