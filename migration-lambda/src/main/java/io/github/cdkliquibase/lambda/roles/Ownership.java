package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds objects in the schemas that belong to another role than the owner. */
final class Ownership {

    private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);
    private static final int MOST_NAMED = 5;

    /** The schemas and their objects, except those of one owner. */
    private static final String OBJECTS_OF_OTHERS = "WITH objects (kind, schema, identity, owner, place) AS ("
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
            // ALTER ROUTINE does not accept the ORDER BY in the parameters of an aggregate.
            + " UNION ALL SELECT CASE WHEN a.aggkind <> 'n' THEN 'AGGREGATE' ELSE 'ROUTINE' END,"
            + " n.nspname, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner, 2"
            + " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid WHERE true"
            + Sql.notOfAnExtension("pg_proc", "p")
            + " UNION ALL SELECT 'STATISTICS', n.nspname, format('%I.%I', n.nspname, s.stxname), s.stxowner, 2"
            + " FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace"
            + ") SELECT o.kind, o.schema, o.identity, r.rolname FROM objects o JOIN pg_roles r ON r.oid = o.owner"
            + " WHERE o.schema = ANY (?) AND r.rolname <> ? ORDER BY o.place, o.schema, o.identity";

    private final Sql sql;
    private final DatabaseRoles wanted;
    private List<Owned> ofOthers = List.of();

    Ownership(Sql sql, DatabaseRoles wanted) {
        this.sql = sql;
        this.wanted = wanted;
    }

    /**
     * The objects that the owner must get: older ones that it could not alter, and those of the other roles, which
     * could drop them.
     *
     * @param formerOwners roles that created objects before
     * @param writers roles whose code does not change its owner
     */
    List<Change> changes(List<String> formerOwners, List<String> writers) throws SQLException {
        List<String> others = others(formerOwners);
        ofOthers = objects();
        return ofOthers.stream()
                .filter(each -> others.contains(each.owner()) && !(each.isCode() && writers.contains(each.owner())))
                .map(this::change)
                .toList();
    }

    /** The tables and types of these roles that the last query found: the name of each as SQL, and its owner. */
    Map<String, String> tablesAndTypesOf(List<String> roles) {
        return ofOthers.stream()
                .filter(each -> each.isTableOrType() && roles.contains(each.owner()))
                .collect(Collectors.toMap(Owned::identity, Owned::owner));
    }

    /** Logs the objects of the last query that belong to any other role and stay with it. */
    void logObjectsOfOthers(List<String> formerOwners) {
        List<String> others = others(formerOwners);
        List<String> left = ofOthers.stream()
                .filter(each -> each.isRelation() && !others.contains(each.owner()))
                .map(each -> "%s %s of %s".formatted(each.words(), each.identity(), Text.quote(each.owner())))
                .toList();
        if (!left.isEmpty()) {
            log(left);
        }
    }

    private void log(List<String> left) {
        LOG.atWarn()
                .addKeyValue("event", "object.of.another")
                .addKeyValue("count", left.size())
                .log(
                        "The schemas hold objects of other roles, which {} cannot alter and which give the roles no rights: {}. Run 'ALTER TABLE … OWNER TO {}' for those that the migrations must alter",
                        Text.quote(wanted.owner().name()),
                        Text.listed(left, MOST_NAMED),
                        Sql.name(wanted.owner().name()));
    }

    private List<String> others(List<String> formerOwners) {
        List<String> others = new ArrayList<>(wanted.names());
        others.addAll(formerOwners);
        others.remove(wanted.owner().name());
        return others;
    }

    /** An object, with the word for its kind in {@code ALTER}. */
    private record Owned(String kind, String schema, String identity, String owner) {

        String words() {
            return kind.toLowerCase(Locale.ROOT);
        }

        boolean isCode() {
            return kind.endsWith("VIEW")
                    || kind.equals("FOREIGN TABLE")
                    || kind.equals("ROUTINE")
                    || kind.equals("AGGREGATE");
        }

        // A table has a type of the same name, so no other type can have this name.
        boolean isTableOrType() {
            return kind.equals("TABLE") || kind.equals("TYPE") || kind.equals("DOMAIN");
        }

        boolean isRelation() {
            return kind.endsWith("TABLE") || kind.endsWith("VIEW") || kind.equals("SEQUENCE");
        }
    }

    private Change change(Owned object) {
        String owner = wanted.owner().name();
        return new Change(
                "owner.changed",
                "%s %s of %s to %s"
                        .formatted(object.words(), object.identity(), Text.quote(object.owner()), Text.quote(owner)),
                "ALTER %s %s OWNER TO %s".formatted(object.kind(), object.identity(), Sql.name(owner)),
                wanted.purposeOf(object.owner()),
                object.schema(),
                false);
    }

    private List<Owned> objects() throws SQLException {
        return sql.list(
                OBJECTS_OF_OTHERS,
                row -> new Owned(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
                wanted.schemas(),
                wanted.owner().name());
    }
}
