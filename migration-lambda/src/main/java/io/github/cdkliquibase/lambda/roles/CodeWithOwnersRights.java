package io.github.cdkliquibase.lambda.roles;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Finds objects whose code runs with the rights of their owner, and so could do more with another owner. */
final class CodeWithOwnersRights {

    /**
     * Each row: the role, and an object of it that could do more with the rights of another owner. The server analyzes
     * a table, and cascades through a foreign key, as the owner of the table: so all expressions, triggers and policies
     * that call other functions than the server's own count. A view and a rule use relations with the rights of their
     * owner: so all that use a relation of another owner count. The server's own relations that every role may read are
     * not secret, unless the view can be written.
     */
    private static final String GAINING = CodeParts.PARTS + """
            SELECT o.writer, format('%s %s', lower(o.kind), o.name) FROM routine o JOIN pg_proc p ON p.oid = o.oid WHERE p.prosecdef
            UNION SELECT r.writer, format('%s %s', lower(r.kind), r.name) FROM relation r WHERE r.relkind IN ('v', 'm') AND r.writer = ANY (?)
            UNION SELECT coalesce(r.writer, t.writer), p.what FROM part p LEFT JOIN relation r ON r.oid = p.relation LEFT JOIN type t ON t.oid = p.type
            WHERE coalesce(r.writer, t.writer) IS NOT NULL
              AND NOT (r.relkind IS NOT DISTINCT FROM 'v' AND p.class = 'pg_rewrite'::regclass AND NOT p.code)
              AND (EXISTS (SELECT FROM pg_depend d WHERE d.classid = p.class AND d.objid = p.oid
                AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass) AND d.refobjid >= 16384) OR HARMFUL)
            UNION SELECT r.writer, p.what FROM part p JOIN relation r ON r.oid = p.relation JOIN pg_class own ON own.oid = r.oid,
              regexp_matches(p.tree, ':relid ([0-9]+)', 'g') m (found) JOIN pg_class used ON used.oid = m.found[1]::oid
            WHERE p.class = 'pg_rewrite'::regclass AND r.writer IS NOT NULL AND used.relowner <> own.relowner
              AND NOT (NOT p.code AND used.oid < 16384 AND has_table_privilege('public'::name, used.oid, 'SELECT')
                AND pg_relation_is_updatable(r.oid, false) = 0)
            ORDER BY 1, 2
            """.replace("HARMFUL", CodeParts.HARMFUL);

    /** All schemas except the server's own. */
    private static final String ALL_SCHEMAS =
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'";

    private final Sql sql;

    CodeWithOwnersRights(Sql sql) {
        this.sql = sql;
    }

    /**
     * Finds objects in the whole database that could do more with another owner: {@code SECURITY DEFINER} routines,
     * tables and types that call code, and views and rules that use relations of others. It takes two round trips.
     *
     * @param rolesWithViews the roles for which all views count
     * @return for each object, the role and the object in words
     */
    List<Map.Entry<String, String>> of(List<String> roles, List<String> rolesWithViews) throws SQLException {
        List<String> schemas = sql.list(ALL_SCHEMAS, row -> row.getString(1));
        return sql.list(
                GAINING,
                row -> Map.entry(row.getString(1), row.getString(2)),
                roles,
                List.of(),
                List.of(),
                schemas,
                rolesWithViews);
    }
}
