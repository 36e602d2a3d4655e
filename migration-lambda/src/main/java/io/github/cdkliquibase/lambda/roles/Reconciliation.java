package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Creates and corrects the roles within one transaction, which the caller begins and ends. */
final class Reconciliation {

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final FormerDeploy former;
    private final AppliedChanges applied;
    private final Claims claims;
    private final Retirement retirement;
    private final Logins logins;
    private final Ownership ownership;
    private final ObjectPrivileges objects;

    Reconciliation(
            Sql sql,
            ResourceIdentity resource,
            DatabaseRoles wanted,
            FormerDeploy former,
            Passwords passwords,
            AppliedChanges applied) {
        this.sql = sql;
        this.wanted = wanted;
        this.former = former;
        this.applied = applied;
        this.claims = new Claims(resource, wanted, former.roles());
        this.retirement = new Retirement(sql, resource);
        this.logins = new Logins(wanted, passwords, applied);
        this.ownership = new Ownership(sql, wanted);
        this.objects = new ObjectPrivileges(sql, wanted);
    }

    /** The roles that became members of {@code rds_iam} in this run. */
    List<String> newTokens() {
        return logins.newTokens();
    }

    void run() throws SQLException {
        Catalog there = renamed(Catalog.read(sql));
        refuseRoles(there);
        List<String> writers = former.writers(there);
        String reader = there.has(wanted.owner().name()) ? wanted.owner().name() : there.me();
        refuseCode(writers, Map.of(), reader);
        logins.create(there, claims);
        Catalog catalog = Catalog.read(sql);
        applied.apply(ForbiddenMemberships.changes(catalog, wanted));
        TemporaryMembership temporary = new TemporaryMembership(sql, catalog);
        List<String> formerOwners = former.owners(catalog);
        grant(temporary, formerOwners);
        correct(catalog, formerOwners, writers, reader);
        removeFormer(catalog, temporary);
        checkNothingLeft(catalog.me(), formerOwners, writers);
        temporary.revoke();
    }

    private Catalog renamed(Catalog first) throws SQLException {
        refuseTheAdministrator(first.me());
        claims.refuse(first);
        List<Change> renames = former.renames(first);
        applied.apply(renames);
        return renames.isEmpty() ? first : Catalog.read(sql);
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

    private void refuseRoles(Catalog catalog) {
        RoleAttributes.refuse(catalog, wanted);
        new Power(catalog, wanted).refuse();
        new PasswordLoginCheck(catalog, wanted).refuse();
    }

    // The role that may own the code after a review is the owner. If there is no owner yet, it is the administrator,
    // whose objects the owner gets without a check.
    private void refuseCode(List<String> writers, Map<String, String> handedOver, String reader) throws SQLException {
        new CodeReview(sql)
                .refuse(former.allSchemas(), writers, handedOver, wanted.owner().name(), reader);
    }

    private void grant(TemporaryMembership temporary, List<String> formerOwners) throws SQLException {
        for (String role : wanted.names()) {
            temporary.grant(role);
        }
        for (String owner : formerOwners) {
            temporary.grant(owner);
        }
    }

    // Each step decides what the next one must do: an object with a new owner needs other grants.
    private void correct(Catalog catalog, List<String> formerOwners, List<String> writers, String reader)
            throws SQLException {
        applied.apply(claims.changes(catalog));
        logins.correct(catalog);
        applied.apply(ofDatabaseAndSchemas());
        applied.apply(ownership.changes(formerOwners, writers));
        // The writers may have committed code since the first check. Now their tables are locked.
        refuseCode(writers, ownership.tablesAndTypesOf(writers), reader);
        applied.apply(objects.changes());
        leaveFormerSchemas();
    }

    private List<Change> ofDatabaseAndSchemas() throws SQLException {
        List<Change> changes = new ArrayList<>(new DatabasePrivileges(sql, wanted).changes());
        changes.addAll(new SchemaPrivileges(sql, wanted).changes());
        return changes;
    }

    // Earlier deploys granted privileges there for these roles.
    private void leaveFormerSchemas() throws SQLException {
        List<String> left = former.leftSchemas();
        if (!left.isEmpty()) {
            applied.apply(new SchemaPrivileges(sql, wanted).ofFormerSchemas(left));
            applied.apply(ObjectPrivileges.ofFormerSchemas(sql, wanted, left).changes());
        }
    }

    // A role that the properties no longer name stays as it is, unless they ask for its removal and this project
    // created it.
    private void removeFormer(Catalog catalog, TemporaryMembership temporary) throws SQLException {
        List<String> owners =
                former.roles().map(roles -> List.of(roles.owner().name())).orElse(List.of());
        for (String name : retirement.mayBeDropped(catalog, former.removed(), owners, true)) {
            temporary.grant(name);
            applied.apply(Removal.of(name, wanted.owner().name()));
            temporary.forget(name);
        }
    }

    private void checkNothingLeft(String administrator, List<String> formerOwners, List<String> writers)
            throws SQLException {
        List<Change> left = new ArrayList<>(ofDatabaseAndSchemas());
        left.addAll(ownership.changes(formerOwners, writers));
        left.addAll(objects.changes());
        logObjectsAndCodeOfOthers(formerOwners);
        left.addAll(tokensLeft());
        if (!left.isEmpty()) {
            throw new MigrationException(
                    "PostgreSQL ignored a GRANT or REVOKE because %s may not run it: %s%s. Run '%s' as the role that granted it, or as the owner of the object. Nothing was changed"
                            .formatted(
                                    Text.quote(administrator),
                                    left.get(0).what(),
                                    left.size() == 1 ? "" : " and %d more".formatted(left.size() - 1),
                                    Text.cut(left.get(0).statement(), 300)));
        }
    }

    private void logObjectsAndCodeOfOthers(List<String> formerOwners) throws SQLException {
        ownership.logObjectsOfOthers(formerOwners);
        List<String> known = new ArrayList<>(wanted.names());
        known.addAll(formerOwners);
        new CalledCode(sql).log(wanted.schemas(), known);
    }

    private List<Change> tokensLeft() throws SQLException {
        Catalog catalog = Catalog.read(sql);
        return wanted.roles().entrySet().stream()
                .filter(each -> each.getValue().hasSecret()
                        && catalog.isMember(each.getValue().name(), Catalog.IAM))
                .map(each -> Logins.withoutTokens(each.getKey(), each.getValue()))
                .toList();
    }
}
