package io.github.cdkliquibase.lambda.roles;

/** The part of the queries that finds the code of some roles, and all that may call code. */
final class CodeParts {

    /** Volatile functions of the server without side effects. */
    private static final String HARMLESS_VOLATILES =
            "'{nextval,currval,lastval,random,random_normal,clock_timestamp,timeofday,gen_random_uuid,uuidv4,uuidv7,txid_current,pg_current_xact_id}'";

    /**
     * Whether the expression of a part calls a harmful function of the server. {@code pg_depend} does not list the
     * server's own functions, so the expression itself is searched. The XML functions run a text as a query, or read
     * any view that it names.
     */
    static final String HARMFUL =
            "EXISTS (SELECT FROM regexp_matches(p.tree, ':funcid ([0-9]+)', 'g') m (found) JOIN pg_proc f ON f.oid = m.found[1]::oid"
                    + " WHERE f.provolatile = 'v' AND f.proname <> ALL (" + HARMLESS_VOLATILES
                    + "::name[]) OR f.proname ~ '_to_xml')";

    /**
     * The code that some roles wrote, and the parts of tables and types that may call code. An object that has changed
     * its owner still counts for its former owner.
     */
    static final String PARTS = """
            WITH writer AS (SELECT r.oid, r.rolname FROM pg_roles r WHERE r.rolname = ANY (?)),
            handed AS (SELECT h.name, w.oid FROM unnest(?::text[], ?::text[]) h (name, role) JOIN writer w ON w.rolname = h.role),
            place AS (SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname = ANY (?)),
            routine AS (
              SELECT p.oid, p.pronamespace, w.rolname AS writer,
                CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END AS kind,
                format('%I.%I(%s)', n.nspname, p.proname, CASE WHEN p.prokind = 'a' AND p.pronargs = 0 THEN '*'
                  ELSE pg_get_function_identity_arguments(p.oid) END) AS name
              FROM pg_proc p JOIN writer w ON w.oid = p.proowner JOIN pg_namespace n ON n.oid = p.pronamespace
              WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')),
            relation AS (
              SELECT c.oid, c.relkind, w.rolname AS writer, format('%I.%I', n.nspname, c.relname) AS name,
                CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind
              FROM pg_class c JOIN place n ON n.oid = c.relnamespace LEFT JOIN handed h ON h.name = format('%I.%I', n.nspname, c.relname)
                LEFT JOIN writer w ON w.oid = coalesce(h.oid, c.relowner)
              WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')),
            type AS (
              SELECT t.oid, w.rolname AS writer, CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END AS kind,
                format('%I.%I', n.nspname, t.typname) AS name, t.typdefaultbin::text AS tree
              FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN handed h ON h.name = format('%I.%I', n.nspname, t.typname)
                JOIN writer w ON w.oid = coalesce(h.oid, t.typowner)
              WHERE t.typtype IN ('d', 'r') AND (t.typnamespace IN (SELECT oid FROM place) OR EXISTS (
                SELECT FROM pg_attribute a JOIN relation r ON r.oid = a.attrelid WHERE a.atttypid IN (t.oid, t.typarray)))),
            part (class, oid, relation, type, code, what, cure, tree) AS (
              SELECT 'pg_trigger'::regclass, t.oid, r.oid, 0::oid, true, format('trigger %I of %s', t.tgname, r.name),
                format('DROP TRIGGER %I ON %s', t.tgname, r.name), t.tgqual::text
              FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
              UNION ALL SELECT 'pg_rewrite'::regclass, w.oid, r.oid, 0::oid, w.rulename <> '_RETURN',
                CASE w.rulename WHEN '_RETURN' THEN format('%s %s', lower(r.kind), r.name) ELSE format('rule %I of %s', w.rulename, r.name) END,
                CASE w.rulename WHEN '_RETURN' THEN format('DROP %s %s', r.kind, r.name) ELSE format('DROP RULE %I ON %s', w.rulename, r.name) END,
                concat(w.ev_qual::text, w.ev_action::text)
              FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class
              UNION ALL SELECT 'pg_policy'::regclass, p.oid, r.oid, 0::oid, true, format('policy %I of %s', p.polname, r.name),
                format('DROP POLICY %I ON %s', p.polname, r.name),
                concat(p.polqual::text, p.polwithcheck::text)
              FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
              UNION ALL SELECT 'pg_attrdef'::regclass, d.oid, r.oid, 0::oid, false, format('default of column %I of %s', a.attname, r.name),
                format('ALTER TABLE %s ALTER COLUMN %I DROP %s', r.name, a.attname, CASE a.attgenerated WHEN '' THEN 'DEFAULT' ELSE 'EXPRESSION' END),
                d.adbin::text
              FROM pg_attrdef d JOIN relation r ON r.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
              UNION ALL SELECT 'pg_constraint'::regclass, c.oid, r.oid, 0::oid, false, format('constraint %I of %s', c.conname, r.name),
                format('ALTER TABLE %s DROP CONSTRAINT %I', r.name, c.conname), c.conbin::text
              FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid WHERE c.contype = 'c'
              UNION ALL SELECT 'pg_class'::regclass, i.indexrelid, r.oid, 0::oid, false, format('index %s of %s', i.indexrelid::regclass, r.name),
                format('DROP INDEX %s', i.indexrelid::regclass), concat(i.indexprs::text, i.indpred::text)
              FROM pg_index i JOIN relation r ON r.oid = i.indrelid WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
              UNION ALL SELECT 'pg_class'::regclass, r.oid, r.oid, 0::oid, false, format('partition key of %s', r.name),
                format('DROP TABLE %s', r.name), p.partexprs::text
              FROM pg_partitioned_table p JOIN relation r ON r.oid = p.partrelid WHERE p.partexprs IS NOT NULL
              UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid, r.oid, 0::oid, false, format('statistics %I.%I of %s', n.nspname, s.stxname, r.name),
                format('DROP STATISTICS %I.%I', n.nspname, s.stxname), to_jsonb(s) ->> 'stxexprs'
              FROM pg_statistic_ext s JOIN relation r ON r.oid = s.stxrelid JOIN pg_namespace n ON n.oid = s.stxnamespace
              UNION ALL SELECT 'pg_type'::regclass, t.oid, 0::oid, t.oid, false, format('%s %s', lower(t.kind), t.name),
                format('DROP %s %s', t.kind, t.name), t.tree
              FROM type t
              UNION ALL SELECT 'pg_constraint'::regclass, c.oid, 0::oid, t.oid, false, format('constraint %I of %s %s', c.conname, lower(t.kind), t.name),
                format('ALTER %s %s DROP CONSTRAINT %I', t.kind, t.name, c.conname), c.conbin::text
              FROM pg_constraint c JOIN type t ON t.oid = c.contypid
            )
            """;

    private CodeParts() {}
}
