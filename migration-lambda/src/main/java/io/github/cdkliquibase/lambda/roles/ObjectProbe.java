package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Probes the effective privileges of a role on tables, views and sequences. */
final class ObjectProbe {

    private static final String TARGETS =
            "SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind::text, pg_get_userbyid(c.relowner), "
                    + HistoryTables.isHistory("c")
                    + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                    // A sequence of an identity column belongs to the table.
                    + " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"
                    + " AND (d.deptype = 'e' OR d.deptype = 'i' AND c.relkind = 'S'))"
                    + " ORDER BY 2";

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final Catalog catalog;
    private final List<ProbeTarget> targets;

    private ObjectProbe(Sql sql, DatabaseRoles wanted, Catalog catalog, List<ProbeTarget> targets) {
        this.sql = sql;
        this.wanted = wanted;
        this.catalog = catalog;
        this.targets = targets;
    }

    /** Reads the objects of the schemas. It takes one round trip. */
    static ObjectProbe of(Sql sql, DatabaseRoles wanted, Catalog catalog) throws SQLException {
        List<ProbeTarget> targets = sql.list(
                TARGETS,
                row -> new ProbeTarget(
                        row.getLong(1), row.getString(2), row.getString(3), row.getString(4), row.getBoolean(5)),
                wanted.schemas());
        return new ObjectProbe(sql, wanted, catalog, targets);
    }

    /** How many objects there are. */
    int count() {
        return targets.size();
    }

    /** The faults of a role, in words. */
    List<String> faults(RolePurpose purpose, String role) throws SQLException {
        List<String> faults = new ArrayList<>();
        Map<Long, EffectivePrivileges> privileges = EffectivePrivileges.read(sql, catalog, role, wanted.schemas());
        Map<ProbeTarget, Set<String>> tooMuch = new HashMap<>();
        for (ProbeTarget target : targets) {
            if (target.owner().equals(role)) {
                faults.add("Role %s owns %s, so it can drop it".formatted(Text.quote(role), target.object()));
                continue;
            }
            Set<String> due = DuePrivileges.of(purpose, target.isSequence(), target.history());
            EffectivePrivileges has = privileges.getOrDefault(target.oid(), EffectivePrivileges.NONE);
            Set<String> missing = Acl.without(due, has.whole());
            if (!missing.isEmpty()) {
                faults.add(lack(role, missing, target));
            }
            Set<String> surplus = has.without(due);
            if (!surplus.isEmpty()) {
                tooMuch.put(target, surplus);
            }
        }
        faults.addAll(surplusFaults(role, tooMuch));
        return faults;
    }

    private String lack(String role, Set<String> missing, ProbeTarget target) {
        return "Role %s lacks %s on %s%s"
                .formatted(Text.quote(role), String.join(", ", missing), target.shown(), ofAnother(target));
    }

    private List<String> surplusFaults(String role, Map<ProbeTarget, Set<String>> tooMuch) throws SQLException {
        if (tooMuch.isEmpty()) {
            return List.of();
        }
        Sources sources = Sources.of(sql, catalog, role, wanted.schemas());
        return targets.stream()
                .filter(tooMuch::containsKey)
                .map(target -> surplus(role, target, Objects.requireNonNull(tooMuch.get(target)), sources))
                .toList();
    }

    private static String surplus(String role, ProbeTarget target, Set<String> privileges, Sources sources) {
        return "Role %s has %s on %s%s, which it must not have"
                .formatted(
                        Text.quote(role),
                        String.join(", ", privileges),
                        target.shown(),
                        sources.of(target, privileges));
    }

    private String ofAnother(ProbeTarget target) {
        String owner = wanted.owner().name();
        return target.owner().equals(owner)
                ? ""
                : ", which belongs to %s and not to %s".formatted(Text.quote(target.owner()), Text.quote(owner));
    }
}
