package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.SchemaObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The objects of a schema, in one list over the catalogs that have them. */
final class ObjectCatalog {

    /** Kinds whose word in {@code DROP} differs from that in the catalogs. */
    private static final Map<String, String> WORDS = Map.of("statistics object", "STATISTICS");

    private static final String OBJECTS = """
            SELECT x.classid::pg_catalog.int8, x.objid::pg_catalog.int8, i.type, i.identity FROM (
              SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS classid, c.oid, c.relowner AS owner, c.relnamespace AS space
                FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
              UNION ALL SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, p.proowner, p.pronamespace FROM pg_catalog.pg_proc p
              UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typowner, t.typnamespace FROM pg_catalog.pg_type t
                WHERE t.typelem OPERATOR(pg_catalog.=) 0 AND (t.typrelid OPERATOR(pg_catalog.=) 0
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) t.typrelid AND c.relkind IN ('c')))
              UNION ALL SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass, o.oid, o.oprowner, o.oprnamespace FROM pg_catalog.pg_operator o
              UNION ALL SELECT 'pg_catalog.pg_opclass'::pg_catalog.regclass, o.oid, o.opcowner, o.opcnamespace FROM pg_catalog.pg_opclass o
              UNION ALL SELECT 'pg_catalog.pg_opfamily'::pg_catalog.regclass, o.oid, o.opfowner, o.opfnamespace FROM pg_catalog.pg_opfamily o
              UNION ALL SELECT 'pg_catalog.pg_collation'::pg_catalog.regclass, c.oid, c.collowner, c.collnamespace FROM pg_catalog.pg_collation c
              UNION ALL SELECT 'pg_catalog.pg_conversion'::pg_catalog.regclass, c.oid, c.conowner, c.connamespace FROM pg_catalog.pg_conversion c
              UNION ALL SELECT 'pg_catalog.pg_ts_config'::pg_catalog.regclass, c.oid, c.cfgowner, c.cfgnamespace FROM pg_catalog.pg_ts_config c
              UNION ALL SELECT 'pg_catalog.pg_ts_dict'::pg_catalog.regclass, d.oid, d.dictowner, d.dictnamespace FROM pg_catalog.pg_ts_dict d
              UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid, s.stxowner, s.stxnamespace FROM pg_catalog.pg_statistic_ext s
            ) x (classid, objid, owner, space)
              JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) x.space,
              LATERAL pg_catalog.pg_identify_object(x.classid, x.objid, 0) i
            WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
              AND (NOT ? OR pg_catalog.pg_has_role(x.owner, 'USAGE'))
              AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                WHERE d.classid OPERATOR(pg_catalog.=) x.classid AND d.objid OPERATOR(pg_catalog.=) x.objid
                  AND d.objsubid OPERATOR(pg_catalog.=) 0 AND d.deptype IN ('e', 'i', 'a')
                  -- A partition goes with its parent, and can live without it.
                  AND NOT (d.deptype OPERATOR(pg_catalog.=) 'a' AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                    AND EXISTS (SELECT 1 FROM pg_catalog.pg_class p WHERE p.oid OPERATOR(pg_catalog.=) x.objid AND p.relispartition)))
            ORDER BY i.type, i.identity
            """;

    private static final String COMPANIONS = """
            SELECT x.classid::pg_catalog.int8, x.objid::pg_catalog.int8, i.type, i.identity, x.part FROM (
              SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS classid, t.relid::pg_catalog.oid AS objid
                , pg_catalog.format('ALTER TABLE %s DETACH PARTITION %s', p.identity, c.identity) AS part
              FROM pg_catalog.pg_partition_tree(?::pg_catalog.int8::pg_catalog.oid::pg_catalog.regclass) t
                , LATERAL pg_catalog.pg_identify_object('pg_catalog.pg_class'::pg_catalog.regclass, t.parentrelid, 0) p
                , LATERAL pg_catalog.pg_identify_object('pg_catalog.pg_class'::pg_catalog.regclass, t.relid, 0) c
              WHERE t.level OPERATOR(pg_catalog.>) 0
              UNION ALL
              SELECT d.classid, d.objid, pg_catalog.format('ALTER SEQUENCE %s OWNED BY NONE', c.identity)
              FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class s ON s.oid OPERATOR(pg_catalog.=) d.objid
                , LATERAL pg_catalog.pg_identify_object('pg_catalog.pg_class'::pg_catalog.regclass, d.objid, 0) c
              WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                AND d.refobjid OPERATOR(pg_catalog.=) ?::pg_catalog.int8::pg_catalog.oid
                AND d.deptype OPERATOR(pg_catalog.=) 'a' AND s.relkind OPERATOR(pg_catalog.=) 'S'
            ) x (classid, objid, part), LATERAL pg_catalog.pg_identify_object(x.classid, x.objid, 0) i
            """;

    private ObjectCatalog() {}

    /**
     * The objects of a schema.
     *
     * @param own whether to list only those that the user owns, directly or by a role
     */
    static List<SchemaObject> list(String schema, boolean own, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(OBJECTS)) {
            query.setString(1, schema);
            query.setBoolean(2, own);
            List<SchemaObject> found = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.add(new SchemaObject(row.getLong(1), row.getLong(2), row.getString(3), row.getString(4)));
                }
            }
            return found;
        }
    }

    /**
     * Separate objects that are dropped together with a table: its partitions, and the sequences that belong to its
     * columns.
     *
     * @return each with the statement that parts it from its table
     */
    static Map<SchemaObject, String> companions(SchemaObject table, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COMPANIONS)) {
            query.setLong(1, table.oid());
            query.setLong(2, table.oid());
            Map<SchemaObject, String> found = new LinkedHashMap<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.put(
                            new SchemaObject(row.getLong(1), row.getLong(2), row.getString(3), row.getString(4)),
                            row.getString(5));
                }
            }
            return found;
        }
    }

    static boolean isTable(SchemaObject object) {
        return object.type().equals("table");
    }

    /** The statement that drops it. It fails where another object depends on this one. */
    static String drop(SchemaObject object) {
        String type = object.type();
        String identity = object.identity();
        String word = WORDS.getOrDefault(type, type.toUpperCase(Locale.ROOT));
        String name = type.equals("aggregate") && identity.endsWith("()")
                ? identity.substring(0, identity.length() - 2) + "(*)"
                : identity;
        return "DROP %s IF EXISTS %s".formatted(word, name);
    }
}
