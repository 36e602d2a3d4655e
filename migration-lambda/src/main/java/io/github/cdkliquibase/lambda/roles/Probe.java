package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that each role has the privileges that it needs, and no forbidden ones. It reads only the catalogs: it touches
 * no table and runs no code of other roles.
 */
final class Probe {

    private static final Logger LOG = LoggerFactory.getLogger(Probe.class);

    private static final int MOST_NAMED = 5;

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final List<String> faults = new ArrayList<>();

    Probe(Sql sql, DatabaseRoles wanted) {
        this.sql = sql;
        this.wanted = wanted;
    }

    /**
     * Checks the roles in the open transaction, and changes nothing.
     *
     * @return how many tables, views and sequences were checked
     * @throws MigrationException if there is a fault; the message names the first one and counts the others
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
        List<String> served = new ArrayList<>();
        for (Purpose purpose : List.of(Purpose.APPLICATION, Purpose.READ_ONLY)) {
            Role role = wanted.role(purpose);
            if (role != null) {
                served.add(role.name());
                lookAtRole(catalog, purpose, role.name());
                lookAtPlaces(role.name());
                lookAtObjects(catalog, purpose, role.name(), targets);
            }
        }
        if (!served.isEmpty()) {
            Role application = wanted.role(Purpose.APPLICATION);
            faults.addAll(
                    Dependencies.faults(sql, wanted.schemas(), served, application == null ? "" : application.name()));
            tellOfDefaults(served);
        }
        LOG.atInfo()
                .addKeyValue("event", faults.isEmpty() ? "probe.succeeded" : "probe.failed")
                .addKeyValue("tables", targets.size())
                .addKeyValue("faults", faults.size())
                .log("The roles were probed");
        if (!faults.isEmpty()) {
            throw new MigrationException(
                    "%s%s. Deploy again: the deploy corrects the role's own privileges before the migration. If a privilege comes from PUBLIC, from another role or from a changeset, revoke it there"
                            .formatted(
                                    Text.cut(faults.get(0), 600),
                                    faults.size() == 1 ? "" : ", and %d more".formatted(faults.size() - 1)));
        }
        return targets.size();
    }

    private List<ProbeTarget> targets() throws SQLException {
        return sql.list(
                "SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind::text, pg_get_userbyid(c.relowner), "
                        + ObjectPrivileges.isHistory("c")
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                        // A sequence of an identity column belongs to the table.
                        + " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"
                        + " AND (d.deptype = 'e' OR d.deptype = 'i' AND c.relkind = 'S'))"
                        + " ORDER BY 2",
                row -> new ProbeTarget(
                        row.getLong(1), row.getString(2), row.getString(3), row.getString(4), row.getBoolean(5)),
                wanted.schemas());
    }

    private void lookAtRole(Catalog catalog, Purpose purpose, String role) {
        Catalog.Entry entry = catalog.role(role).orElseThrow();
        if (!entry.logsIn()) {
            faults.add("Role %s cannot log in".formatted(Text.quote(role)));
        }
        if (entry.hasNoConnections()) {
            faults.add("Role %s cannot log in: its CONNECTION LIMIT is 0".formatted(Text.quote(role)));
        }
        if (entry.isExpired()) {
            faults.add("Role %s has expired (VALID UNTIL), and cannot log in".formatted(Text.quote(role)));
        }
        if (entry.isMoreThanARole()) {
            faults.add(
                    "Role %s may do more than its rows: it is SUPERUSER, CREATEROLE, CREATEDB, REPLICATION or BYPASSRLS"
                            .formatted(Text.quote(role)));
        }
        faults.addAll(new Power(catalog, wanted).faults(purpose, role));
    }

    private void lookAtPlaces(String role) throws SQLException {
        List<Boolean> database = sql.list(
                        "SELECT has_database_privilege(r.oid, current_database(), 'CONNECT'), has_database_privilege(r.oid, current_database(), 'CREATE')"
                                + " FROM pg_roles r WHERE r.rolname = ?",
                        row -> List.of(row.getBoolean(1), row.getBoolean(2)),
                        role)
                .get(0);
        if (!database.get(0)) {
            faults.add("Role %s lacks CONNECT on the database".formatted(Text.quote(role)));
        }
        if (database.get(1)) {
            faults.add("Role %s can create schemas in the database".formatted(Text.quote(role)));
        }
        faults.addAll(sql.list(
                "SELECT n.nspname, false FROM pg_namespace n, pg_roles r WHERE n.nspname = ANY (?) AND r.rolname = ?"
                        + " AND NOT has_schema_privilege(r.oid, n.oid, 'USAGE')"
                        + " UNION ALL SELECT n.nspname, true FROM pg_namespace n, pg_roles r WHERE n.nspname = ANY (?) AND r.rolname = ?"
                        + " AND has_schema_privilege(r.oid, n.oid, 'CREATE') ORDER BY 2, 1",
                row -> (row.getBoolean(2)
                                ? "Role %s can create tables in schema %s"
                                : "Role %s lacks USAGE on schema %s")
                        .formatted(Text.quote(role), Text.quote(row.getString(1))),
                wanted.schemas(),
                role,
                wanted.schemas(),
                role));
    }

    /** The effective privileges of a role on an object, or on some of its columns. */
    private record Rights(Set<String> whole, Set<String> partly) {}

    private Map<Long, Rights> rights(Catalog catalog, String role) throws SQLException {
        Map<Long, Rights> rights = new HashMap<>();
        sql.list(
                "SELECT c.oid, p.privilege, CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(r.oid, c.oid, p.privilege)"
                        + " ELSE has_table_privilege(r.oid, c.oid, p.privilege) END"
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = ?,"
                        + " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'USAGE'"
                        + (catalog.version() >= 17 ? ", 'MAINTAIN'" : "")
                        + "]) p (privilege) WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                        + " AND CASE WHEN c.relkind = 'S'"
                        + " THEN CASE WHEN p.privilege IN ('USAGE', 'SELECT', 'UPDATE') THEN has_sequence_privilege(r.oid, c.oid, p.privilege) END"
                        + " WHEN p.privilege = 'USAGE' THEN false"
                        + " WHEN p.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN has_any_column_privilege(r.oid, c.oid, p.privilege)"
                        + " ELSE has_table_privilege(r.oid, c.oid, p.privilege) END",
                row -> {
                    Rights here = rights.computeIfAbsent(
                            row.getLong(1), each -> new Rights(new HashSet<>(), new HashSet<>()));
                    return (row.getBoolean(3) ? here.whole() : here.partly()).add(row.getString(2));
                },
                role,
                wanted.schemas());
        return rights;
    }

    private void lookAtObjects(Catalog catalog, Purpose purpose, String role, List<ProbeTarget> targets)
            throws SQLException {
        Map<Long, Rights> rights = rights(catalog, role);
        Map<ProbeTarget, Set<String>> tooMuch = new HashMap<>();
        for (ProbeTarget target : targets) {
            if (target.owner().equals(role)) {
                faults.add("Role %s owns %s, so it can drop it".formatted(Text.quote(role), target.object()));
                continue;
            }
            Set<String> due = DuePrivileges.of(purpose, target.isSequence(), target.history());
            Rights has = rights.getOrDefault(target.oid(), new Rights(Set.of(), Set.of()));
            Set<String> missing = Acl.without(due, has.whole());
            if (!missing.isEmpty()) {
                faults.add("Role %s lacks %s on %s%s"
                        .formatted(Text.quote(role), String.join(", ", missing), target.shown(), ofAnother(target)));
            }
            Set<String> surplus = new TreeSet<>(has.whole());
            surplus.addAll(has.partly());
            surplus.removeAll(due);
            if (!surplus.isEmpty()) {
                tooMuch.put(target, surplus);
            }
        }
        if (!tooMuch.isEmpty()) {
            Sources sources = Sources.of(sql, catalog, role, wanted.schemas());
            targets.stream().filter(tooMuch::containsKey).forEach(target -> {
                Set<String> surplus = Objects.requireNonNull(tooMuch.get(target));
                faults.add("Role %s has %s on %s%s, which it must not have"
                        .formatted(
                                Text.quote(role),
                                String.join(", ", surplus),
                                target.shown(),
                                sources.of(target, surplus)));
            });
        }
    }

    private String ofAnother(ProbeTarget target) {
        String owner = wanted.owner().name();
        return target.owner().equals(owner)
                ? ""
                : ", which belongs to %s and not to %s".formatted(Text.quote(target.owner()), Text.quote(owner));
    }

    // PostgreSQL grants these to PUBLIC by default, and migrations may rely on them. So they are logged, but are no
    // fault.
    private void tellOfDefaults(List<String> served) throws SQLException {
        List<String> definers = sql.list(
                "SELECT DISTINCT format('%I.%I', n.nspname, p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, pg_roles r"
                        + " WHERE p.prosecdef AND n.nspname = ANY (?) AND r.rolname = ANY (?) AND has_function_privilege(r.oid, p.oid, 'EXECUTE')"
                        + " UNION ALL SELECT '' FROM pg_database d, LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
                        + " WHERE d.datname = current_database() AND a.grantee = 0 AND a.privilege_type = 'TEMPORARY' ORDER BY 1",
                row -> row.getString(1), wanted.schemas(), served);
        List<String> routines =
                definers.stream().filter(each -> !each.isEmpty()).toList();
        if (!routines.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("event", "probe.security.definer")
                    .addKeyValue("count", routines.size())
                    .log(
                            "The application or the read-only role may execute SECURITY DEFINER routines, which run with the rights of their owners: {}. If this is not intended, run 'REVOKE EXECUTE ON ROUTINE … FROM PUBLIC'",
                            Text.listed(routines, MOST_NAMED));
        }
        if (routines.size() < definers.size()) {
            LOG.atWarn()
                    .addKeyValue("event", "probe.temporary")
                    .log(
                            "Every role may create temporary tables in the database. If this is not intended, run 'REVOKE TEMPORARY ON DATABASE … FROM PUBLIC'");
        }
    }
}
