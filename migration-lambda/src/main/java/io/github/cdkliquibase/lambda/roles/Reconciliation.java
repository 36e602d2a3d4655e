package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Creates and corrects the roles within one transaction, which the caller begins and ends. */
final class Reconciliation {

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final Optional<DatabaseRoles> before;
    private final boolean dropsRemoved;
    private final ResourceIdentity resource;
    private final Ledger ledger;
    private final Claims claims;
    private final Logins logins;
    private final PlacePrivileges places;
    private final Ownership ownership;
    private final ObjectPrivileges objects;

    Reconciliation(
            Sql sql,
            ResourceIdentity resource,
            DatabaseRoles wanted,
            Optional<DatabaseRoles> before,
            boolean dropsRemoved,
            Passwords passwords,
            Ledger ledger) {
        this.sql = sql;
        this.resource = resource;
        this.wanted = wanted;
        this.before = before;
        this.dropsRemoved = dropsRemoved;
        this.ledger = ledger;
        this.claims = new Claims(resource, wanted, before);
        this.logins = new Logins(wanted, passwords, ledger);
        this.places = new PlacePrivileges(sql, wanted);
        this.ownership = new Ownership(sql, wanted);
        this.objects = new ObjectPrivileges(sql, wanted);
    }

    /** The roles that became members of {@code rds_iam} in this run. */
    List<String> newTokens() {
        return logins.newTokens();
    }

    void run() throws SQLException {
        Catalog first = Catalog.read(sql);
        refuseTheAdministrator(first.me());
        claims.refuse(first);
        Catalog there = rename(first) ? Catalog.read(sql) : first;
        logins.refuseMoreThanRoles(there);
        new Power(there, wanted).refuse();
        new LockOut(there, wanted).refuse();
        List<String> writers = writers(there);
        String reader = there.has(wanted.owner().name()) ? wanted.owner().name() : there.me();
        refuseCode(writers, Map.of(), reader);
        logins.create(there, claims);
        Catalog catalog = Catalog.read(sql);
        logins.takeMembershipsAway(catalog);
        BorrowedMembership borrowed = new BorrowedMembership(sql, catalog);
        List<String> formerOwners = formerOwners(catalog);
        for (String role : wanted.names()) {
            borrowed.borrow(role);
        }
        for (String former : formerOwners) {
            borrowed.borrow(former);
        }
        ledger.make(claims.changes(catalog));
        logins.correct(catalog);
        // Each step decides what the next one must do: an object with a new owner needs other grants.
        ledger.make(places.changes());
        ledger.make(ownership.changes(formerOwners, writers));
        // The writers may have committed code since the first check. Now their tables are locked.
        refuseCode(writers, ownership.tablesAndTypesOf(writers), reader);
        ledger.make(objects.changes());
        leaveFormerSchemas();
        removeFormer(catalog, borrowed);
        checkNothingLeft(catalog.me(), formerOwners, writers);
        borrowed.giveBack();
    }

    private void refuseTheAdministrator(String me) {
        wanted.roles().forEach((purpose, role) -> {
            if (role.name().equals(me)) {
                throw new MigrationException(
                        "Property '%s' must name another role than %s, which this function uses to administer the roles"
                                .formatted(purpose.property(), Text.quote(me)));
            }
        });
    }

    // The same role under another name keeps its objects and privileges. If the new name is taken, or the old role has
    // another purpose now, they are two roles.
    private boolean rename(Catalog catalog) throws SQLException {
        if (before.isEmpty()) {
            return false;
        }
        boolean renamed = false;
        for (Map.Entry<Purpose, Role> each : wanted.roles().entrySet()) {
            Role former = before.get().role(each.getKey());
            String name = each.getValue().name();
            if (former != null
                    && !former.name().equals(name)
                    && catalog.has(former.name())
                    && !catalog.has(name)
                    && !wanted.names(former.name())) {
                ledger.make(change(
                        "role.renamed",
                        "role %s, which was %s".formatted(Text.quote(name), Text.quote(former.name())),
                        "ALTER ROLE %s RENAME TO %s".formatted(Sql.name(former.name()), Sql.name(name)),
                        each.getKey()));
                renamed = true;
            }
        }
        return renamed;
    }

    // The roles whose code must not run with the owner's rights: roles whose objects the owner gets, and roles that are
    // dropped. The former owner could run its code with these rights anyway.
    private List<String> writers(Catalog catalog) {
        Set<String> writers = new LinkedHashSet<>(wanted.names());
        if (before.isPresent()) {
            if (dropsRemoved) {
                before.get().names().stream()
                        .filter(name -> catalog.role(name)
                                .filter(Catalog.Entry::isMadeHere)
                                .isPresent())
                        .forEach(writers::add);
            }
            writers.remove(before.get().owner().name());
        }
        writers.remove(wanted.owner().name());
        return List.copyOf(writers);
    }

    // The role that may own the code after a review is the owner. If there is no owner yet, it is the administrator,
    // whose objects the owner gets without a check.
    private void refuseCode(List<String> writers, Map<String, String> handedOver, String reader) throws SQLException {
        Set<String> schemas = new LinkedHashSet<>(wanted.schemas());
        before.map(DatabaseRoles::schemas).ifPresent(schemas::addAll);
        new CodeOfOthers(sql)
                .refuse(
                        List.copyOf(schemas),
                        writers,
                        handedOver,
                        wanted.owner().name(),
                        reader);
    }

    // The owners until now: the administrator, before there was an owner, and the owner of the last deploy.
    private List<String> formerOwners(Catalog catalog) {
        List<String> owners = new ArrayList<>(List.of(catalog.me()));
        before.map(DatabaseRoles::owner)
                .map(Role::name)
                .filter(name -> catalog.has(name) && !wanted.names(name))
                .ifPresent(owners::add);
        return owners;
    }

    // A role that the properties no longer name stays as it is, unless they ask for its removal and this project
    // created it.
    private void removeFormer(Catalog catalog, BorrowedMembership borrowed) throws SQLException {
        if (before.isEmpty() || !dropsRemoved) {
            return;
        }
        List<String> former = before.get().names().stream()
                .filter(name -> !wanted.names(name))
                .toList();
        List<String> owners = List.of(before.get().owner().name());
        for (String name : new Retirement(sql, resource).mayBeDropped(catalog, former, owners, true)) {
            borrowed.borrow(name);
            for (Change change : Removal.of(name, wanted.owner().name())) {
                ledger.make(change);
            }
            borrowed.forget(name);
        }
    }

    // Earlier deploys granted privileges there for these roles.
    private void leaveFormerSchemas() throws SQLException {
        List<String> former = before.map(DatabaseRoles::schemas).orElse(List.of()).stream()
                .filter(schema -> !wanted.schemas().contains(schema))
                .toList();
        if (!former.isEmpty()) {
            ledger.make(places.ofFormerSchemas(former));
            ledger.make(ObjectPrivileges.ofFormerSchemas(sql, wanted, former).changes());
        }
    }

    private void checkNothingLeft(String administrator, List<String> formerOwners, List<String> writers)
            throws SQLException {
        List<Change> left = new ArrayList<>(places.changes());
        left.addAll(ownership.changes(formerOwners, writers));
        left.addAll(objects.changes());
        ownership.tellOfStrangers(formerOwners);
        List<String> known = new ArrayList<>(wanted.names());
        known.addAll(formerOwners);
        new CodeOfOthers(sql).tellOfStrangers(wanted.schemas(), known);
        Catalog catalog = Catalog.read(sql);
        for (Map.Entry<Purpose, Role> each : wanted.roles().entrySet()) {
            if (each.getValue().hasSecret() && catalog.isMember(each.getValue().name(), Catalog.IAM)) {
                left.add(Logins.withoutTokens(each.getKey(), each.getValue()));
            }
        }
        if (!left.isEmpty()) {
            String more = left.size() == 1 ? "" : " and %d more".formatted(left.size() - 1);
            throw new MigrationException(
                    "PostgreSQL ignored a GRANT or REVOKE because %s may not run it: %s%s. Run '%s' as the role that granted it, or as the owner of the object. Nothing was changed"
                            .formatted(
                                    Text.quote(administrator),
                                    left.get(0).what(),
                                    more,
                                    Text.cut(left.get(0).statement(), 300)));
        }
    }

    private static Change change(String event, String what, String statement, Purpose purpose) {
        return new Change(event, what, statement, purpose, null, false);
    }
}
