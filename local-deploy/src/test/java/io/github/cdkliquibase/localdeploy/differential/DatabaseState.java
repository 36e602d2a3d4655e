package io.github.cdkliquibase.localdeploy.differential;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a deploy left in a database: lines of text by what they are about. Names of databases are no part of it, times
 * neither.
 *
 * <p>The function's own tables are left out: their names begin with {@code databasechangelog}, or with the name of the
 * history.
 */
public record DatabaseState(Map<Facet, List<String>> lines) {

    /** Not compared when {@code -Ddifferential.ignore} names them, to see what else there is. */
    private static final List<String> IGNORED =
            List.of(System.getProperty("differential.ignore", "").split(","));

    private static final int MOST_ROWS = 300;
    private static final int SHOWN = 12;

    /** Relations of the application and the history; the parameters are the names of Liquibase's two tables. */
    private static final String OWN = """
            with parameters as (select ?::text as history, ?::text as lock),
            space as (
              select oid, nspname, nspowner, nspacl from pg_namespace
              where nspname !~ '^pg_' and nspname <> 'information_schema'),
            liquibases as (
              select c.oid from pg_class c, parameters
              where c.relkind = 'r' and (c.relname = lock or c.relname = history || 'deploys'
                or c.relname like 'databasechangelog%' and c.relname <> history)),
            own as (
              select c.*, quote_ident(nspname) || '.' || quote_ident(relname) as name
              from pg_class c join space s on s.oid = c.relnamespace
              where c.oid not in (select oid from liquibases)
                and c.oid not in (select indexrelid from pg_index where indrelid in (select oid from liquibases))
                and c.relpersistence <> 't')
            """;

    private static final String SCHEMA = OWN + """
            select 'schema ' || quote_ident(nspname) from space
            union all
            select 'relation ' || relkind::text || ' ' || name || ' ' || relpersistence::text || ' ' || coalesce(reloptions::text, '')
                || ' rls ' || relrowsecurity || relforcerowsecurity || ' identity ' || relreplident::text
                || coalesce(' bound ' || pg_get_expr(relpartbound, oid), '') || coalesce(' key ' || pg_get_partkeydef(oid), '')
              from own where relkind not in ('i', 'I')
            union all
            select 'column ' || o.name || '.' || quote_ident(attname) || ' ' || attnum || ' ' || format_type(atttypid, atttypmod) || ' '
                || case when attnotnull then 'not null ' else '' end || attidentity::text || attgenerated::text
                || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
                || coalesce(' collation ' || nullif(attcollation, (select typcollation from pg_type where oid = atttypid))::regcollation::text, '')
              from own o join pg_attribute a on attrelid = o.oid and attnum > 0 and not attisdropped
              left join pg_attrdef d on d.adrelid = attrelid and d.adnum = attnum
              where o.relkind in ('r', 'p', 'v', 'm', 'c', 'f')
            union all
            select 'constraint ' || o.name || ' ' || quote_ident(conname) || ' ' || pg_get_constraintdef(n.oid)
              from own o join pg_constraint n on conrelid = o.oid
            union all
            select 'index ' || pg_get_indexdef(indexrelid) || ' clustered ' || indisclustered || ' identity ' || indisreplident
              from own o join pg_index on indexrelid = o.oid where indisvalid
            union all
            select 'view ' || name || ' ' || pg_get_viewdef(oid) from own where relkind in ('v', 'm')
            union all
            select 'rule ' || pg_get_ruledef(r.oid) from own o join pg_rewrite r on ev_class = o.oid where rulename <> '_RETURN'
            union all
            select 'sequence ' || name || ' ' || format_type(seqtypid, null) || ' ' || seqstart || ' ' || seqincrement || ' ' || seqmin || ' ' || seqmax
                || ' ' || seqcache || ' ' || seqcycle
              from own o join pg_sequence on seqrelid = o.oid
            union all
            select 'inherits ' || o.name || ' from ' || inhparent::regclass from own o join pg_inherits on inhrelid = o.oid
              where o.relkind in ('r', 'p')
            union all
            select 'function ' || case when prokind = 'a' then p.oid::regprocedure::text || ' aggregate' else pg_get_functiondef(p.oid) end
              from pg_proc p join space s on s.oid = pronamespace
              where not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
            union all
            select 'trigger ' || pg_get_triggerdef(t.oid) || ' ' || tgenabled::text from own o join pg_trigger t on tgrelid = o.oid where not tgisinternal
            union all
            select 'policy ' || o.name || ' ' || quote_ident(polname) || ' ' || polcmd::text || polpermissive || ' ' || polroles::regrole[]::text
                || coalesce(' using ' || pg_get_expr(polqual, polrelid), '') || coalesce(' check ' || pg_get_expr(polwithcheck, polrelid), '')
              from own o join pg_policy on polrelid = o.oid
            union all
            select 'type ' || quote_ident(nspname) || '.' || quote_ident(typname) || ' ' || typtype::text || ' '
                || coalesce((select string_agg(quote_literal(enumlabel), ',' order by enumsortorder) from pg_enum where enumtypid = t.oid), '')
                || case when typtype = 'd' then format_type(typbasetype, typtypmod) || ' ' || typnotnull || ' ' || coalesce(typdefault, '')
                     || coalesce((select string_agg(pg_get_constraintdef(oid), ',' order by oid) from pg_constraint where contypid = t.oid), '') else '' end
              from pg_type t join space s on s.oid = typnamespace where typtype in ('e', 'd', 'r')
            union all
            select 'extension ' || extname || ' ' || extversion || ' in ' || extnamespace::regnamespace from pg_extension
            union all
            select 'statistics ' || pg_get_statisticsobjdef(x.oid) from pg_statistic_ext x join space s on s.oid = stxnamespace
            union all
            select 'comment ' || pg_describe_object(classoid, objoid, objsubid) || ' ' || description from pg_description
              where objoid >= 16384 and description not like 'cdk-liquibase {%' and not exists (select from pg_depend where classid = classoid and objid = objoid and deptype = 'e')
            union all
            select 'event trigger ' || evtname || ' ' || evtevent || ' ' || evtfoid::regproc from pg_event_trigger
            union all
            select 'publication ' || pubname || puballtables from pg_publication
            union all
            select 'setting ' || coalesce(setrole::regrole::text, '') || ' ' || setconfig::text from pg_db_role_setting
              where setdatabase = (select oid from pg_database where datname = current_database())
            union all
            select 'large object ' || count(*) from pg_largeobject_metadata having count(*) > 0
            """;

    private static final String OWNERS = OWN + """
            select 'schema ' || quote_ident(nspname) || ' of ' || nspowner::regrole from space
            union all
            select 'relation ' || name || ' of ' || relowner::regrole from own where relkind not in ('i', 'I')
            union all
            select 'function ' || p.oid::regprocedure || ' of ' || proowner::regrole from pg_proc p join space s on s.oid = pronamespace
            union all
            select 'type ' || t.oid::regtype || ' of ' || typowner::regrole from pg_type t join space s on s.oid = typnamespace
              where typtype in ('e', 'd', 'r')
            """;

    private static final String RIGHTS = OWN + """
            select 'schema ' || quote_ident(nspname) || ' ' || nspacl::text from space
            union all
            select 'relation ' || name || ' ' || relacl::text from own
            union all
            select 'column ' || o.name || '.' || quote_ident(attname) || ' ' || attacl::text from own o join pg_attribute on attrelid = o.oid
            union all
            select 'function ' || p.oid::regprocedure || ' ' || proacl::text from pg_proc p join space s on s.oid = pronamespace
            union all
            select 'type ' || t.oid::regtype || ' ' || typacl::text from pg_type t join space s on s.oid = typnamespace
            union all
            select 'default ' || defaclrole::regrole || ' ' || defaclnamespace || ' ' || defaclobjtype::text || ' ' || defaclacl::text from pg_default_acl
            """;

    private static final String INVALID = OWN + """
            select pg_get_indexdef(indexrelid) from own o join pg_index on indexrelid = o.oid where not indisvalid
            """;

    private static final String TABLES = OWN + """
            select case when relkind = 'S' then
                format('select %L || last_value || is_called from %s', name || ': ', name)
              else
                format('select %L || t::text from %s t order by t::text limit %s', name || ': ', name, ?::int)
              end
            from own, parameters
            where (relkind in ('r', 'm', 'S') and relname <> history) and (relkind <> 'm' or relispopulated)
            """;

    private static final String PLACES = """
            select quote_ident(nspname) || '.' || quote_ident(relname) from pg_class c join pg_namespace n on n.oid = relnamespace
            where relname = ? and relkind = 'r' order by 1
            """;

    private static final String LOCK_TABLE = """
            select concat_ws(' ', 'table', oid::regclass, 'of', relowner::regrole, relacl::text) from pg_class where oid = ?::regclass
            union all
            select concat_ws(' ', 'column', attname, format_type(atttypid, atttypmod), attnotnull) from pg_attribute
              where attrelid = ?::regclass and attnum > 0 and not attisdropped
            union all
            select concat_ws(' ', 'constraint', conname, pg_get_constraintdef(oid)) from pg_constraint where conrelid = ?::regclass
            """;

    /** The state of a database as it is now. */
    public static DatabaseState of(boolean succeeded, Connection connection, HistoryTables tables) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Every name is then written with its schema.
            statement.execute("set search_path = pg_catalog");
            statement.execute("set timezone = 'UTC'");
        }
        Map<Facet, List<String>> lines = new EnumMap<>(Facet.class);
        lines.put(Facet.OUTCOME, List.of(succeeded ? "ok" : "failed"));
        lines.put(Facet.SCHEMA, catalog(connection, SCHEMA, tables));
        lines.put(Facet.OWNERS, catalog(connection, OWNERS, tables));
        lines.put(Facet.RIGHTS, catalog(connection, RIGHTS, tables));
        lines.put(Facet.INVALID, catalog(connection, INVALID, tables));
        lines.put(Facet.ROWS, rows(connection, tables));
        lines.put(Facet.HISTORY, history(connection, tables));
        lines.put(Facet.ORDER, order(connection, tables));
        lines.put(Facet.LOCK, lock(connection, tables));
        return new DatabaseState(lines);
    }

    private static List<String> catalog(Connection connection, String sql, HistoryTables tables) throws SQLException {
        return sorted(query(connection, sql, tables.history(), tables.lock()));
    }

    private static List<String> rows(Connection connection, HistoryTables tables) throws SQLException {
        List<String> queries = query(connection, TABLES, tables.history(), tables.lock(), MOST_ROWS + 1);
        if (queries.isEmpty()) {
            return List.of();
        }
        String all = queries.stream().map(each -> "(" + each + ")").collect(Collectors.joining(" union all "));
        return sorted(query(connection, all));
    }

    private static List<String> history(Connection connection, HistoryTables tables) throws SQLException {
        List<String> lines = new ArrayList<>();
        for (String place : query(connection, PLACES, tables.history())) {
            lines.add("table " + place);
            lines.addAll(query(
                    connection,
                    "select concat_ws(' | ', orderexecuted, filename || '::' || id || '::' || author, exectype, md5sum, description,"
                            + " 'comments ' || comments, 'tag ' || tag, 'contexts ' || contexts, 'labels ' || labels) from "
                            + place + " order by orderexecuted, id, author, filename"));
        }
        return lines;
    }

    private static List<String> order(Connection connection, HistoryTables tables) throws SQLException {
        List<String> lines = new ArrayList<>();
        for (String place : query(connection, PLACES, tables.history())) {
            lines.addAll(
                    query(
                            connection,
                            "select later.id || ' is dated before ' || earlier.id from " + place + " later join "
                                    + place
                                    + " earlier on earlier.orderexecuted < later.orderexecuted"
                                    + " and earlier.dateexecuted > later.dateexecuted order by later.orderexecuted, earlier.orderexecuted"));
        }
        return lines;
    }

    private static List<String> lock(Connection connection, HistoryTables tables) throws SQLException {
        List<String> lines = new ArrayList<>();
        for (String place : query(connection, PLACES, tables.lock())) {
            lines.addAll(query(connection, LOCK_TABLE, place, place, place));
            lines.addAll(query(
                    connection,
                    "select concat_ws(' ', 'row', id, locked, lockgranted is not null, lockedby is not null) from "
                            + place + " order by id"));
        }
        return lines;
    }

    private static List<String> sorted(List<String> lines) {
        return lines.stream().sorted().toList();
    }

    private static List<String> query(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<String> lines = new ArrayList<>();
                while (rows.next()) {
                    String line = rows.getString(1);
                    if (line != null) {
                        lines.add(line);
                    }
                }
                return lines;
            }
        }
    }

    /** In what the two differ. */
    public Set<Facet> differences(DatabaseState other) {
        EnumSet<Facet> different = EnumSet.noneOf(Facet.class);
        for (Facet facet : Facet.values()) {
            if (!IGNORED.contains(facet.word()) && !lines(facet).equals(other.lines(facet))) {
                different.add(facet);
            }
        }
        return different;
    }

    /**
     * The same without what depends on how often a changelog was deployed: the places in the history, and there how those
     * were executed that may be executed more than once.
     *
     * @param reran ids of these
     * @param marked ids of those that may have been marked as run, since they were done when the run was cut short
     */
    DatabaseState overSeveralDeploys(Set<String> reran, Set<String> marked) {
        List<String> once = new ArrayList<>();
        List<String> often = new ArrayList<>();
        for (String line : lines(Facet.HISTORY)) {
            String entry = line.replaceFirst("^[0-9]+ \\| ", "");
            if (reran.stream().anyMatch(id -> entry.contains("::" + id + "::"))) {
                often.add(entry.replace(" | RERAN | ", " | EXECUTED | "));
            } else if (marked.stream().anyMatch(id -> entry.contains("::" + id + "::"))) {
                once.add(entry.replace(" | MARK_RAN | ", " | EXECUTED | "));
            } else {
                once.add(entry);
            }
        }
        once.addAll(sorted(often));
        Map<Facet, List<String>> changed = new EnumMap<>(lines);
        changed.put(Facet.HISTORY, once);
        changed.remove(Facet.ORDER);
        return new DatabaseState(changed);
    }

    /** The same with how many rows each table has in place of what is in them. */
    DatabaseState withNumbersOfRows() {
        Map<Facet, List<String>> changed = new EnumMap<>(lines);
        changed.put(
                Facet.ROWS,
                lines(Facet.ROWS).stream()
                        .map(line -> line.substring(0, line.indexOf(": ")))
                        .toList());
        return new DatabaseState(changed);
    }

    /** The lines about one thing; empty if there are none. */
    public List<String> lines(Facet facet) {
        return lines.getOrDefault(facet, List.of());
    }

    /** The differences in words: what only this one has, and what only the other one has. */
    public String compared(String thisName, DatabaseState other, String otherName) {
        StringBuilder text = new StringBuilder();
        for (Facet facet : differences(other)) {
            text.append("  ").append(facet.word()).append(":\n");
            only(text, thisName, lines(facet), other.lines(facet));
            only(text, otherName, other.lines(facet), lines(facet));
        }
        return text.toString();
    }

    private static void only(StringBuilder text, String name, List<String> here, List<String> there) {
        List<String> only = new ArrayList<>(here);
        there.forEach(only::remove);
        only.stream()
                .limit(SHOWN)
                .forEach(line -> text.append("    only ")
                        .append(name)
                        .append(": ")
                        .append(line.replaceAll("\\s+", " "))
                        .append('\n'));
        if (only.size() > SHOWN) {
            text.append("    and ")
                    .append(only.size() - SHOWN)
                    .append(" more only ")
                    .append(name)
                    .append('\n');
        }
    }
}
