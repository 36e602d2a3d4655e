package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks for objects in the schemas that belong to another role than the owner. */
final class Ownership {

    private final Sql sql;
    private final DatabaseRoles wanted;

    Ownership(Sql sql, DatabaseRoles wanted) {
        this.sql = sql;
        this.wanted = wanted;
    }

    /**
     * What is to be handed to the owner: what was made before there was this owner, which it could not alter, and what the
     * other roles own, which they could drop.
     *
     * @param formerOwners who made it before
     */
    List<Change> changes(List<String> formerOwners) throws SQLException {
        List<String> others = new ArrayList<>(wanted.names());
        others.addAll(formerOwners);
        others.remove(wanted.owner().name());
        return sql.list(
                "WITH objects (kind, schema, identity, owner, place) AS ("
                        + "SELECT 'SCHEMA', n.nspname, quote_ident(n.nspname), n.nspowner, 1 FROM pg_namespace n WHERE true"
                        + Sql.notOfAnExtension("pg_namespace", "n")
                        + " UNION ALL SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'"
                        + " WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END,"
                        + " n.nspname, format('%I.%I', n.nspname, c.relname), c.relowner, 2"
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')"
                        + Sql.notOfAnExtension("pg_class", "c")
                        // The sequence of a column goes with its table.
                        + " AND NOT (c.relkind = 'S' AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
                        + " AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))"
                        + " UNION ALL SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,"
                        + " n.nspname, format('%I.%I', n.nspname, t.typname), t.typowner, 2"
                        + " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('d', 'e', 'r')"
                        + Sql.notOfAnExtension("pg_type", "t")
                        + " UNION ALL SELECT 'ROUTINE', n.nspname, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner, 2"
                        + " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE true"
                        + Sql.notOfAnExtension("pg_proc", "p")
                        + " UNION ALL SELECT 'STATISTICS', n.nspname, format('%I.%I', n.nspname, s.stxname), s.stxowner, 2"
                        + " FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace"
                        + ") SELECT o.kind, o.schema, o.identity, r.rolname FROM objects o JOIN pg_roles r ON r.oid = o.owner"
                        + " WHERE o.schema = ANY (?) AND r.rolname = ANY (?) ORDER BY o.place, o.schema, o.identity",
                row -> new Change(
                        "owner.changed",
                        "%s %s of %s to %s"
                                .formatted(
                                        row.getString(1).toLowerCase(Locale.ROOT),
                                        row.getString(3),
                                        Text.quote(row.getString(4)),
                                        Text.quote(wanted.owner().name())),
                        "ALTER %s %s OWNER TO %s"
                                .formatted(
                                        row.getString(1),
                                        row.getString(3),
                                        Sql.name(wanted.owner().name())),
                        wanted.purposeOf(row.getString(4)),
                        row.getString(2),
                        false),
                wanted.schemas(),
                others);
    }
}
