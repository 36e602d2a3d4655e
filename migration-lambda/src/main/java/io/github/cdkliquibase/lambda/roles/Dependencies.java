package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.List;

/**
 * Finds missing privileges behind the objects that a role may use: a view reads tables with the rights of its owner,
 * and views, policies and defaults call functions with the rights of the role.
 *
 * <p>It reads only the catalogs. Planning a statement would run functions that are declared {@code IMMUTABLE}, also
 * those of other authors, in the session of the administrator.
 */
final class Dependencies {

    /**
     * Each row: whether the role writes, the role, the object that it cannot use, and why. An expression is a text that
     * lists each relation with the privileges that it needs (2 is SELECT), and each function with its number.
     */
    private static final String QUERY = """
            WITH RECURSIVE served AS (SELECT r.oid, r.rolname, r.rolname = ? AS writes FROM pg_roles r WHERE r.rolname = ANY (?)),
            target AS (
              SELECT c.oid, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, format('%I.%I', n.nspname, c.relname) AS name
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v')),
            query AS (
              SELECT w.ev_class AS view, w.ev_action::text AS tree, c.relowner, EXISTS (
                SELECT FROM unnest(c.reloptions) o (text) WHERE o.text IN ('security_invoker=true', 'security_invoker=on', 'security_invoker=1', 'security_invoker=yes')) AS invokes
              FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class WHERE c.relkind = 'v' AND w.rulename = '_RETURN' AND c.oid >= 16384),
            reading AS (
              SELECT DISTINCT q.view, q.relowner, q.invokes, m.found[1]::oid AS relation
              FROM query q, regexp_matches(q.tree, ':relid ([0-9]+) [^{}]*:requiredPerms ([0-9]+)', 'g') m (found)
              WHERE m.found[1]::oid <> q.view AND m.found[2]::bigint & 2 = 2),
            reached (role, target, view) AS (
              SELECT s.oid, t.oid, t.oid FROM served s, target t WHERE t.relkind = 'v'
              UNION SELECT e.role, e.target, g.relation FROM reached e JOIN reading g ON g.view = e.view JOIN pg_class c ON c.oid = g.relation
              WHERE c.relkind = 'v'),
            read AS (
              SELECT e.role, e.target, CASE WHEN g.invokes THEN e.role ELSE g.relowner END AS reader, g.view, g.relation
              FROM reached e JOIN reading g ON g.view = e.view),
            policy AS (
              SELECT s.oid AS role, t.oid AS target, format('policy %I of %s', p.polname, t.name) AS caller, concat(p.polqual::text, p.polwithcheck::text) AS tree
              FROM served s, target t JOIN pg_policy p ON p.polrelid = t.oid
              WHERE t.relrowsecurity AND t.relowner <> s.oid
                AND EXISTS (SELECT FROM unnest(p.polroles) o (oid) WHERE o.oid = 0 OR pg_has_role(s.oid, o.oid, 'USAGE'))),
            called AS (
              SELECT e.role, e.target, format('view %s', e.view::regclass) AS caller, q.tree FROM reached e JOIN query q ON q.view = e.view
              UNION ALL SELECT role, target, caller, tree FROM policy
              UNION ALL SELECT s.oid, t.oid, format('the default of column %I', a.attname), d.adbin::text
              FROM served s, target t JOIN pg_attrdef d ON d.adrelid = t.oid JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
              WHERE s.writes
              UNION ALL SELECT s.oid, t.oid, format('constraint %I', c.conname), c.conbin::text
              FROM served s, target t JOIN pg_constraint c ON c.conrelid = t.oid WHERE s.writes AND c.contype = 'c')
            SELECT s.writes, s.rolname, t.name, format('%s lacks SELECT on %s, which view %s reads', CASE WHEN l.reader = l.role THEN 'it' ELSE quote_ident(pg_get_userbyid(l.reader)) END,
              l.relation::regclass, l.view::regclass)
            FROM read l JOIN served s ON s.oid = l.role JOIN target t ON t.oid = l.target
            WHERE NOT has_any_column_privilege(l.reader, l.relation, 'SELECT') OR EXISTS (
              SELECT FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid WHERE d.classid = 'pg_rewrite'::regclass AND w.ev_class = l.view
              AND d.refclassid = 'pg_class'::regclass AND d.refobjid = l.relation AND d.refobjsubid > 0
              AND NOT has_column_privilege(l.reader, l.relation, d.refobjsubid::int2, 'SELECT'))
            UNION SELECT s.writes, s.rolname, t.name, format('it lacks SELECT on %s, which %s reads', m.found[1]::oid::regclass, p.caller)
            FROM policy p JOIN served s ON s.oid = p.role JOIN target t ON t.oid = p.target,
              regexp_matches(p.tree, ':relid ([0-9]+) [^{}]*:requiredPerms ([0-9]+)', 'g') m (found)
            WHERE m.found[2]::bigint & 2 = 2 AND NOT has_any_column_privilege(p.role, m.found[1]::oid, 'SELECT')
            UNION SELECT s.writes, s.rolname, t.name, format('it lacks EXECUTE on %s, which %s calls', f.oid::regprocedure, l.caller)
            FROM called l JOIN served s ON s.oid = l.role JOIN target t ON t.oid = l.target,
              regexp_matches(l.tree, ':(funcid|opfuncid|aggfnoid|winfnoid) ([0-9]+)', 'g') m (found) JOIN pg_proc f ON f.oid = m.found[2]::oid
            WHERE NOT has_function_privilege(l.role, f.oid, 'EXECUTE')
            ORDER BY 1 DESC, 2, 3, 4
            """;

    private Dependencies() {}

    /**
     * The missing privileges in words. It takes one round trip.
     *
     * @param roles the application and the read-only role, if they exist
     * @param application the role that also writes rows; empty if there is none
     */
    static List<String> faults(Sql sql, List<String> schemas, List<String> roles, String application)
            throws SQLException {
        return sql.list(
                QUERY,
                row -> "Role %s cannot use %s: %s"
                        .formatted(Text.quote(row.getString(2)), row.getString(3), row.getString(4)),
                application,
                roles,
                schemas);
    }
}
