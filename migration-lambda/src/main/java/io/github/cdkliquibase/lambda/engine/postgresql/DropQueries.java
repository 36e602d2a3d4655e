package io.github.cdkliquibase.lambda.engine.postgresql;

/** What a drop asks the catalogs. */
final class DropQueries {

    /** Foreign keys of a schema: the statement that drops one, and its two tables. */
    static final String FOREIGN_KEYS = """
            SELECT pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, t.relname, c.conname)
              , c.conrelid::pg_catalog.int8, c.confrelid::pg_catalog.int8
            FROM pg_catalog.pg_constraint c
              JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) c.conrelid
              JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.relnamespace
            WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name AND c.contype IN ('f')
              AND c.conparentid OPERATOR(pg_catalog.=) 0 AND pg_catalog.pg_has_role(t.relowner, 'USAGE')
            """;

    /** Counts objects of other owners, of other schemas and of remaining tables that a cascading drop could remove. */
    static final String OF_OTHERS = """
            WITH outside (oid) AS (
              SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
              WHERE n.nspname OPERATOR(pg_catalog.<>) ?::pg_catalog.name OR c.oid OPERATOR(pg_catalog.=) ANY (?::pg_catalog.oid[]))
            SELECT (SELECT pg_catalog.count(*) FROM outside)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc p WHERE p.pronamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_type t WHERE t.typnamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_constraint c WHERE c.connamespace OPERATOR(pg_catalog.<>) s.oid
                  OR c.conrelid IN (SELECT o.oid FROM outside o))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid IN (SELECT o.oid FROM outside o) AND NOT a.attisdropped)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attrdef d WHERE d.adrelid IN (SELECT o.oid FROM outside o))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_trigger t WHERE t.tgrelid IN (SELECT o.oid FROM outside o))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_policy p WHERE p.polrelid IN (SELECT o.oid FROM outside o))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_rewrite r WHERE r.ev_class IN (SELECT o.oid FROM outside o))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_index i WHERE i.indrelid IN (SELECT o.oid FROM outside o))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_event_trigger)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c WHERE c.relnamespace OPERATOR(pg_catalog.=) s.oid
                  AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE'))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc p WHERE p.pronamespace OPERATOR(pg_catalog.=) s.oid
                  AND NOT pg_catalog.pg_has_role(p.proowner, 'USAGE'))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_type t WHERE t.typnamespace OPERATOR(pg_catalog.=) s.oid
                  AND NOT pg_catalog.pg_has_role(t.typowner, 'USAGE'))
            FROM pg_catalog.pg_namespace s WHERE s.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
            """;

    private DropQueries() {}
}
