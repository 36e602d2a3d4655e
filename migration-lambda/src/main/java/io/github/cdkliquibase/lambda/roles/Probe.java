package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether each role can do what it should, and nothing that it must not: first in the catalogs, which name all that is
 * missing in one look, then by {@linkplain Trial trying}.
 */
final class Probe {

    private static final Logger LOG = LoggerFactory.getLogger(Probe.class);

    private static final Set<String> WRITES = Set.of("INSERT", "UPDATE", "DELETE", "TRUNCATE");

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final List<String> faults = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    Probe(Sql sql, DatabaseRoles wanted) {
        this.sql = sql;
        this.wanted = wanted;
    }

    /**
     * Looks, in the transaction that is open, which the caller rolls back.
     *
     * @return how many tables, views and sequences were looked at
     * @throws MigrationException that names the first fault and counts the others
     */
    int run() throws SQLException {
        Catalog catalog = Catalog.read(sql);
        wanted.roles().values().forEach(role -> {
            if (!catalog.has(role.name())) {
                throw new MigrationException(
                        "Role %s does not exist. Deploy a resource with 'Action' 'RECONCILE' before this one"
                                .formatted(Text.quote(role.name())));
            }
        });
        List<ProbeTarget> targets = targets();
        for (Purpose purpose : List.of(Purpose.APPLICATION, Purpose.READ_ONLY)) {
            Role role = wanted.role(purpose);
            if (role != null) {
                Set<ProbeTarget> faulty = look(catalog, purpose, role.name(), targets);
                new BorrowedMembership(sql, catalog).borrow(role.name());
                Trial trial = new Trial(sql, role.name());
                trial.run(purpose, wanted.schemas(), targets, faulty);
                faults.addAll(trial.faults());
                unknown.addAll(trial.unknown());
            }
        }
        // A table that is locked fails no deploy: of it, the catalogs alone have spoken.
        unknown.forEach(
                each -> LOG.atWarn().addKeyValue("event", "probe.inconclusive").log("Could not be tried: {}", each));
        LOG.atInfo()
                .addKeyValue("event", faults.isEmpty() ? "probe.succeeded" : "probe.failed")
                .addKeyValue("tables", targets.size())
                .addKeyValue("faults", faults.size())
                .addKeyValue("inconclusive", unknown.size())
                .log("The roles were probed");
        if (!faults.isEmpty()) {
            throw new MigrationException(
                    "%s%s. Deploy again, and what the role itself was given or lost is set right before the migration; what comes from PUBLIC, from another role or from a changeset, take back there"
                            .formatted(
                                    faults.get(0),
                                    faults.size() == 1 ? "" : ", and %d more".formatted(faults.size() - 1)));
        }
        return targets.size();
    }

    private List<ProbeTarget> targets() throws SQLException {
        return sql.list(
                "SELECT c.oid, n.nspname, format('%I.%I', n.nspname, c.relname), c.relname, c.relkind::text,"
                        + " (SELECT quote_ident(t.attname) FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attnum > 0"
                        + " AND NOT t.attisdropped ORDER BY t.attnum LIMIT 1), pg_get_userbyid(c.relowner)"
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                        // A sequence behind an identity column is the table's own affair.
                        + " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"
                        + " AND (d.deptype = 'e' OR d.deptype = 'i' AND c.relkind = 'S'))"
                        + " ORDER BY 3",
                row -> new ProbeTarget(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7)),
                wanted.schemas());
    }

    /** What a role may do with which object, whether by its own right or another's. */
    private record Right(long oid, String privilege) {}

    private Set<Right> rights(String role) throws SQLException {
        return new HashSet<>(sql.list(
                "SELECT c.oid, p.privilege FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
                        + " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'USAGE']) p (privilege)"
                        + " WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                        + " AND CASE WHEN c.relkind = 'S'"
                        + " THEN CASE WHEN p.privilege IN ('USAGE', 'SELECT') THEN has_sequence_privilege(?, c.oid, p.privilege) END"
                        + " ELSE CASE WHEN p.privilege <> 'USAGE' THEN has_table_privilege(?, c.oid, p.privilege) END END",
                row -> new Right(row.getLong(1), row.getString(2)),
                wanted.schemas(),
                role,
                role));
    }

    // What the catalogs say of the objects; the result is those of which they say that the role lacks something.
    private Set<ProbeTarget> look(Catalog catalog, Purpose purpose, String role, List<ProbeTarget> targets)
            throws SQLException {
        Catalog.Entry entry = catalog.role(role).orElseThrow();
        if (!entry.logsIn()) {
            faults.add("Role %s cannot log in".formatted(Text.quote(role)));
        }
        if (entry.superuser() || entry.createsRoles() || entry.createsDatabases() || entry.bypassesRowSecurity()) {
            faults.add("Role %s may do more than its rows: it is SUPERUSER, CREATEROLE, CREATEDB or BYPASSRLS"
                    .formatted(Text.quote(role)));
        }
        if (sql.isTrue(
                "SELECT pg_has_role(?, ?, 'MEMBER')", role, wanted.owner().name())) {
            faults.add("Role %s is a member of %s, and so can do all that the owner can"
                    .formatted(Text.quote(role), Text.quote(wanted.owner().name())));
        }
        if (sql.isTrue("SELECT rolvaliduntil < now() FROM pg_roles WHERE rolname = ?", role)) {
            faults.add("Role %s has expired (VALID UNTIL), and cannot log in".formatted(Text.quote(role)));
        }
        if (!sql.isTrue("SELECT has_database_privilege(?, current_database(), 'CONNECT')", role)) {
            faults.add("Role %s lacks CONNECT on the database".formatted(Text.quote(role)));
        }
        if (sql.isTrue("SELECT has_database_privilege(?, current_database(), 'CREATE')", role)) {
            faults.add("Role %s can create schemas in the database".formatted(Text.quote(role)));
        }
        for (String schema : wanted.schemas()) {
            if (!sql.isTrue("SELECT has_schema_privilege(?, ?, 'USAGE')", role, schema)) {
                faults.add("Role %s lacks USAGE on schema %s".formatted(Text.quote(role), Text.quote(schema)));
            }
        }
        List<String> owned = sql.list(
                "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " JOIN pg_roles o ON o.oid = c.relowner WHERE n.nspname = ANY (?) AND o.rolname = ? ORDER BY 1",
                row -> row.getString(1), wanted.schemas(), role);
        owned.forEach(object -> faults.add("Role %s owns %s, and so can drop it".formatted(Text.quote(role), object)));
        Set<ProbeTarget> faulty = new HashSet<>();
        Set<Right> rights = rights(role);
        for (ProbeTarget target : targets) {
            boolean history = ObjectPrivileges.isHistory(target.name());
            Set<String> missing = new TreeSet<>(ObjectPrivileges.due(purpose, target.isSequence(), history));
            missing.removeIf(privilege -> rights.contains(new Right(target.oid(), privilege)));
            if (!missing.isEmpty()) {
                faults.add("Role %s lacks %s on %s%s"
                        .formatted(
                                Text.quote(role),
                                String.join(", ", missing),
                                target.shown(),
                                target.owner().equals(wanted.owner().name())
                                        ? ""
                                        : ", which belongs to %s and not to %s"
                                                .formatted(
                                                        Text.quote(target.owner()),
                                                        Text.quote(
                                                                wanted.owner().name()))));
                faulty.add(target);
            }
            if (purpose == Purpose.READ_ONLY || history) {
                Set<String> surplus = new TreeSet<>(WRITES);
                surplus.removeIf(privilege -> !rights.contains(new Right(target.oid(), privilege)));
                if (!surplus.isEmpty()) {
                    faults.add("Role %s has %s on %s, which it must not have"
                            .formatted(Text.quote(role), String.join(", ", surplus), target.shown()));
                }
            }
        }
        return faulty;
    }
}
