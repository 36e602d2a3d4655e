package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that each role has the privileges that it needs, and no forbidden ones. It reads only the catalogs: it touches
 * no table and runs no code of other roles.
 */
final class Probe {

    private static final Logger LOG = LoggerFactory.getLogger(Probe.class);

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
        refuseMissing(catalog);
        ObjectProbe objects = ObjectProbe.of(sql, wanted, catalog);
        PlaceProbe places = new PlaceProbe(sql, wanted.schemas());
        List<String> served = new ArrayList<>();
        for (RolePurpose purpose : List.of(RolePurpose.APPLICATION, RolePurpose.READ_ONLY)) {
            Role role = wanted.role(purpose);
            if (role != null) {
                served.add(role.name());
                checkRole(catalog, purpose, role.name());
                faults.addAll(places.faults(role.name()));
                faults.addAll(objects.faults(purpose, role.name()));
            }
        }
        checkDependencies(served);
        report(objects.count());
        return objects.count();
    }

    private void refuseMissing(Catalog catalog) {
        for (String role : wanted.names()) {
            if (!catalog.has(role)) {
                throw new MigrationException(
                        "Role %s does not exist. Deploy a resource with 'Action' 'RECONCILE' before this one"
                                .formatted(Text.quote(role)));
            }
        }
    }

    private void checkRole(Catalog catalog, RolePurpose purpose, String role) {
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

    private void checkDependencies(List<String> served) throws SQLException {
        if (!served.isEmpty()) {
            Role application = wanted.role(RolePurpose.APPLICATION);
            faults.addAll(
                    Dependencies.faults(sql, wanted.schemas(), served, application == null ? "" : application.name()));
            PublicPrivileges.log(sql, wanted.schemas(), served);
        }
    }

    private void report(int tables) {
        LOG.atInfo()
                .addKeyValue("event", faults.isEmpty() ? "probe.succeeded" : "probe.failed")
                .addKeyValue("tables", tables)
                .addKeyValue("faults", faults.size())
                .log("The roles were probed");
        if (!faults.isEmpty()) {
            throw new MigrationException(
                    "%s%s. Deploy again: the deploy corrects the role's own privileges before the migration. If a privilege comes from PUBLIC, from another role or from a changeset, revoke it there"
                            .formatted(
                                    Text.cut(faults.get(0), 600),
                                    faults.size() == 1 ? "" : ", and %d more".formatted(faults.size() - 1)));
        }
    }
}
