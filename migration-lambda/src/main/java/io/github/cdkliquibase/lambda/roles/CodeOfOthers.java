package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds code that the application or the read-only role wrote, in the schemas and in functions that their objects call.
 *
 * <p>An object that the owner gets runs with the owner's rights from then on ({@code SECURITY DEFINER}, views), or when
 * the owner uses a table (triggers, defaults, checks). So the owner gets only tables, sequences and types of these two
 * roles, and only if they call no functions except harmless ones of the server.
 */
final class CodeOfOthers {

    private static final Logger LOG = LoggerFactory.getLogger(CodeOfOthers.class);

    private static final int MOST_LOGGED = 50;
    private static final int MOST_NAMED = 5;
    private static final int LONGEST_STATEMENT = 200;

    /** Volatile functions of the server without side effects. */
    private static final String HARMLESS_VOLATILES =
            "'{nextval,currval,lastval,random,random_normal,clock_timestamp,timeofday,gen_random_uuid,uuidv4,uuidv7,txid_current,pg_current_xact_id}'";

    /**
     * Whether the expression of a part calls a harmful function of the server. {@code pg_depend} does not list the
     * server's own functions, so the expression itself is searched. The XML functions run a text as a query, or read
     * any view that it names.
     */
    private static final String HARMFUL =
            "EXISTS (SELECT FROM regexp_matches(p.tree, ':funcid ([0-9]+)', 'g') m (found) JOIN pg_proc f ON f.oid = m.found[1]::oid"
                    + " WHERE f.provolatile = 'v' AND f.proname <> ALL (" + HARMLESS_VOLATILES
                    + "::name[]) OR f.proname ~ '_to_xml')";

    /**
     * The code that some roles wrote, and the parts of tables and types that may call code. An object that has changed
     * its owner still counts for its former owner.
     */
    private static final String PARTS = """
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

    /**
     * Each row: the sort, the words for the piece, its author, the statement that drops it, and the statement that
     * changes its owner, without the new owner.
     */
    private static final String REFUSED = PARTS + """
            SELECT 1, format('%s %s', lower(o.kind), o.name), o.writer, format('DROP %s %s', o.kind, o.name), format('ALTER %s %s OWNER TO ', o.kind, o.name)
            FROM routine o WHERE o.pronamespace IN (SELECT oid FROM place)
            UNION ALL SELECT 2, format('%s %s', lower(r.kind), r.name), r.writer, format('DROP %s %s', r.kind, r.name), format('ALTER %s %s OWNER TO ', r.kind, r.name)
            FROM relation r WHERE r.writer IS NOT NULL AND r.kind <> 'TABLE'
            UNION ALL SELECT 3, p.what, coalesce(r.writer, t.writer), p.cure,
              format('ALTER %s %s OWNER TO ', coalesce(r.kind, t.kind), coalesce(r.name, t.name))
            FROM part p LEFT JOIN relation r ON r.oid = p.relation LEFT JOIN type t ON t.oid = p.type
            WHERE (t.oid IS NOT NULL OR r.writer IS NOT NULL AND r.kind = 'TABLE') AND (p.code
              OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = p.class AND d.objid = p.oid
                AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass))
              OR HARMFUL)
            UNION ALL SELECT 4, format('%s, which calls %s %s', p.what, lower(o.kind), o.name), o.writer, p.cure, format('ALTER %s %s OWNER TO ', o.kind, o.name)
            FROM part p JOIN relation r ON r.oid = p.relation AND r.writer IS NULL
              JOIN pg_depend d ON d.classid = p.class AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass JOIN routine o ON o.oid = d.refobjid
            UNION ALL SELECT 5, format('operator %I.%s', n.nspname, x.oprname), w.rolname,
              format('DROP OPERATOR %s', x.oid::regoperator), format('ALTER OPERATOR %s OWNER TO ', x.oid::regoperator)
            FROM pg_operator x JOIN place n ON n.oid = x.oprnamespace JOIN writer w ON w.oid = x.oprowner
            UNION ALL SELECT 6, format('cast from %s to %s', x.castsource::regtype, x.casttarget::regtype), o.writer,
              format('DROP CAST (%s AS %s)', x.castsource::regtype, x.casttarget::regtype), format('ALTER %s %s OWNER TO ', o.kind, o.name)
            FROM pg_cast x JOIN routine o ON o.oid = x.castfunc
            UNION ALL SELECT 7, format('event trigger %I', x.evtname), coalesce(w.rolname, o.writer),
              format('DROP EVENT TRIGGER %I', x.evtname), format('ALTER EVENT TRIGGER %I OWNER TO ', x.evtname)
            FROM pg_event_trigger x LEFT JOIN writer w ON w.oid = x.evtowner LEFT JOIN routine o ON o.oid = x.evtfoid
            WHERE w.oid IS NOT NULL OR o.oid IS NOT NULL
            ORDER BY 1, 2
            """.replace("HARMFUL", HARMFUL);

    /** The roles that may have written code, except for some roles, and for superusers, who can do anything already. */
    private static final String STRANGERS =
            "SELECT r.rolname FROM pg_roles r WHERE NOT r.rolsuper AND r.rolname <> ALL (?) ORDER BY 1";

    /**
     * Each row: the role, and an object of it that could do more with the rights of another owner. The server analyzes
     * a table, and cascades through a foreign key, as the owner of the table: so all expressions, triggers and policies
     * that call other functions than the server's own count. A view and a rule use relations with the rights of their
     * owner: so all that use a relation of another owner count. The server's own relations that every role may read are
     * not secret, unless the view can be written.
     */
    private static final String GAINING = PARTS + """
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
            """.replace("HARMFUL", HARMFUL);

    /** All schemas except the server's own. */
    private static final String ALL_SCHEMAS =
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'";

    private static final String CALLED = PARTS + """
            SELECT DISTINCT format('%s, which calls %s %s', p.what, lower(o.kind), o.name), o.writer
            FROM part p JOIN relation r ON r.oid = p.relation AND r.writer IS NULL
              JOIN pg_depend d ON d.classid = p.class AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass JOIN routine o ON o.oid = d.refobjid
            ORDER BY 1
            """;

    private final Sql sql;

    CodeOfOthers(Sql sql) {
        this.sql = sql;
    }

    private record Piece(String what, String writer, String drop, String handOver) {}

    /**
     * Refuses code that would run with the rights of the owner. It takes one round trip.
     *
     * @param writers the roles whose code is refused
     * @param handedOver the objects that the owner got in this transaction, with their former owners. They count as
     *     objects of the former owner, which could add code until they were locked
     * @param owner the role with whose rights the code would run
     * @param reader the role that may own the code after a review: the owner, or the administrator if there is no owner
     *     yet
     * @throws MigrationException if there is such code; the message names the first piece, its author and the next
     *     step, and counts the others, which are logged
     */
    void refuse(List<String> schemas, List<String> writers, Map<String, String> handedOver, String owner, String reader)
            throws SQLException {
        List<Piece> pieces = sql.list(
                REFUSED,
                row -> new Piece(row.getString(2), row.getString(3), row.getString(4), row.getString(5)),
                writers,
                handedOver.keySet(),
                handedOver.values(),
                schemas);
        if (pieces.isEmpty()) {
            return;
        }
        pieces.stream()
                .limit(MOST_LOGGED)
                .forEach(piece -> LOG.atWarn()
                        .addKeyValue("event", "code.refused")
                        .addKeyValue("role", piece.writer())
                        .log("{} wrote {}", Text.quote(piece.writer()), Text.cut(piece.what(), LONGEST_STATEMENT)));
        Piece first = pieces.get(0);
        throw new MigrationException(
                "%s wrote %s%s, which would run with the rights of %s. Review it, and run '%s', or '%s' to accept it, as a superuser or a member of both roles. Nothing was changed"
                        .formatted(
                                Text.quote(first.writer()),
                                Text.cut(first.what(), LONGEST_STATEMENT),
                                pieces.size() == 1 ? "" : " and %d more".formatted(pieces.size() - 1),
                                Text.quote(owner),
                                Text.cut(first.drop(), LONGEST_STATEMENT),
                                Text.cut(first.handOver() + Sql.name(reader), LONGEST_STATEMENT)));
    }

    /**
     * Logs the tables that call code of any other role. It takes two round trips.
     *
     * @param known roles whose code is checked elsewhere, or may do anything here
     */
    void tellOfStrangers(List<String> schemas, List<String> known) throws SQLException {
        List<String> strangers = sql.list(STRANGERS, row -> row.getString(1), known);
        List<String> called = sql.list(
                CALLED,
                row -> "%s of %s"
                        .formatted(Text.cut(row.getString(1), LONGEST_STATEMENT), Text.quote(row.getString(2))),
                strangers,
                List.of(),
                List.of(),
                schemas);
        if (!called.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("event", "code.of.another")
                    .addKeyValue("count", called.size())
                    .log(
                            "Tables call code of other roles. It runs with the rights of the role that uses the table: {}. Review it, and drop the objects that call it if it must not run with these rights",
                            Text.listed(called, MOST_NAMED));
        }
    }

    /**
     * Finds objects in the whole database that could do more with another owner: {@code SECURITY DEFINER} routines,
     * tables and types that call code, and views and rules that use relations of others. It takes two round trips.
     *
     * @param rolesWithViews the roles for which all views count
     * @return for each object, the role and the object in words
     */
    List<Map.Entry<String, String>> withTheOwnersRights(List<String> roles, List<String> rolesWithViews)
            throws SQLException {
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
