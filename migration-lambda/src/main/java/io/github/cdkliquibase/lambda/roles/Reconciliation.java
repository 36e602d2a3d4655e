package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Entry;
import io.github.cdkliquibase.lambda.roles.Catalog.Membership;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PasswordUtil;

/** Makes the roles what they should be, within one transaction that its caller begins and ends. */
final class Reconciliation {

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final Optional<DatabaseRoles> before;
    private final boolean dropsRemoved;
    private final Passwords passwords;
    private final Ledger ledger;
    private final List<String> newTokens = new ArrayList<>();

    Reconciliation(
            Sql sql,
            DatabaseRoles wanted,
            Optional<DatabaseRoles> before,
            boolean dropsRemoved,
            Passwords passwords,
            Ledger ledger) {
        this.sql = sql;
        this.wanted = wanted;
        this.before = before;
        this.dropsRemoved = dropsRemoved;
        this.passwords = passwords;
        this.ledger = ledger;
    }

    /** The roles that became members of {@code rds_iam} in this run. */
    List<String> newTokens() {
        return List.copyOf(newTokens);
    }

    void run() throws SQLException {
        refuseTheAdministrator();
        rename();
        Catalog catalog = Catalog.read(sql);
        refuseMoreThanRoles(catalog);
        new LockOut(catalog, wanted).refuse();
        Set<String> made = new HashSet<>();
        for (Map.Entry<Purpose, Role> each : wanted.roles().entrySet()) {
            if (!catalog.has(each.getValue().name())) {
                create(each.getKey(), each.getValue());
                made.add(each.getValue().name());
            }
        }
        catalog = Catalog.read(sql);
        takeMembershipsAway(catalog);
        BorrowedMembership borrowed = new BorrowedMembership(sql, catalog);
        for (Map.Entry<Purpose, Role> each : wanted.roles().entrySet()) {
            borrowed.borrow(each.getValue().name());
            correct(each.getKey(), entry(catalog, each.getValue()));
            authenticate(
                    catalog,
                    each.getKey(),
                    each.getValue(),
                    made.contains(each.getValue().name()));
        }
        List<String> formerOwners = formerOwners(catalog);
        for (String former : formerOwners) {
            borrowed.borrow(former);
        }
        Privileges privileges = new Privileges(sql, wanted);
        // Each step shows what the next one has to do: an object that has changed hands needs other grants.
        ledger.make(privileges.ofPlaces());
        ledger.make(privileges.ofOwners(formerOwners));
        ledger.make(privileges.ofObjects());
        removeFormer(catalog, borrowed);
        refuseWhatIsLeft(privileges, catalog.me(), formerOwners);
        borrowed.giveBack();
    }

    private void refuseTheAdministrator() throws SQLException {
        String me = sql.list("SELECT current_user", row -> row.getString(1)).get(0);
        wanted.roles().forEach((purpose, role) -> {
            if (role.name().equals(me)) {
                throw new MigrationException(
                        "Property '%s' must name another role than %s, as whom this function connects to administer the roles"
                                .formatted(purpose.property(), Text.quote(me)));
            }
        });
    }

    // The same role under another name: it keeps what it owns and what it may do. Where the new name is taken, or the
    // old
    // one has another purpose now, they are two roles.
    private void rename() throws SQLException {
        if (before.isEmpty()) {
            return;
        }
        Catalog catalog = Catalog.read(sql);
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
            }
        }
    }

    private void create(Purpose purpose, Role role) throws SQLException {
        ledger.make(change(
                "role.created",
                "role " + Text.quote(role.name()),
                "CREATE ROLE " + Sql.name(role.name()) + " LOGIN",
                purpose));
    }

    private void refuseMoreThanRoles(Catalog catalog) {
        for (Role role : wanted.roles().values()) {
            List<String> above = new ArrayList<>();
            catalog.role(role.name()).ifPresent(entry -> {
                if (entry.superuser()) {
                    above.add("SUPERUSER");
                }
                if (entry.replicates()) {
                    above.add("REPLICATION");
                }
                if (entry.bypassesRowSecurity()) {
                    above.add("BYPASSRLS");
                }
            });
            if (!above.isEmpty()) {
                throw new MigrationException(
                        "Role %s is %s, which none of the roles may be. Run 'ALTER ROLE %s NO%s' as a superuser, or name another role. Nothing was changed"
                                .formatted(
                                        Text.quote(role.name()),
                                        String.join(" and ", above),
                                        Sql.name(role.name()),
                                        String.join(" NO", above)));
            }
        }
    }

    private void correct(Purpose purpose, Entry entry) throws SQLException {
        // Only what differs: some words are refused to who is no superuser even where they change nothing.
        List<String> words = new ArrayList<>();
        if (!entry.logsIn()) {
            words.add("LOGIN");
        }
        if (!entry.inherits()) {
            words.add("INHERIT");
        }
        if (entry.createsDatabases()) {
            words.add("NOCREATEDB");
        }
        if (entry.createsRoles()) {
            words.add("NOCREATEROLE");
        }
        if (!words.isEmpty()) {
            String list = String.join(" ", words);
            ledger.make(change(
                    "role.altered",
                    "role %s: %s".formatted(Text.quote(entry.name()), list),
                    "ALTER ROLE " + Sql.name(entry.name()) + " " + list,
                    purpose));
        }
    }

    private void authenticate(Catalog catalog, Purpose purpose, Role role, boolean made) throws SQLException {
        boolean hasTokens = catalog.memberships().stream()
                .anyMatch(
                        each -> each.member().equals(role.name()) && each.role().equals(Catalog.IAM));
        if (!role.hasSecret()) {
            if (!hasTokens) {
                newTokens.add(role.name());
                ledger.make(change(
                        "iam.granted",
                        "login by IAM for " + Text.quote(role.name()),
                        "GRANT rds_iam TO " + Sql.name(role.name()),
                        purpose));
            }
            return;
        }
        if (hasTokens) {
            ledger.make(change(
                    "iam.revoked",
                    "login by IAM from " + Text.quote(role.name()),
                    "REVOKE rds_iam FROM " + Sql.name(role.name()),
                    purpose));
        }
        String password = passwords.of(role);
        if (made || hasTokens || !passwords.areKnownTo(role)) {
            // What the server keeps of a password, and not the password: it may log the statement.
            String verifier = PasswordUtil.encodeScramSha256(password.toCharArray());
            ledger.make(change(
                    "password.set",
                    "the password of " + Text.quote(role.name()),
                    "ALTER ROLE %s PASSWORD '%s'".formatted(Sql.name(role.name()), verifier),
                    purpose));
        }
    }

    // Nobody but the owner may do what the owner may, and who reads must not write.
    private void takeMembershipsAway(Catalog catalog) throws SQLException {
        for (Membership each : catalog.memberships()) {
            Purpose member = purposeOf(each.member());
            boolean above = purposeOf(each.role()) != null || each.role().equals(catalog.me());
            if (member != null && member != Purpose.OWNER && above) {
                ledger.make(new Change(
                        "membership.revoked",
                        "membership in %s from %s".formatted(Text.quote(each.role()), Text.quote(each.member())),
                        "REVOKE %s FROM %s%s"
                                .formatted(
                                        Sql.name(each.role()),
                                        Sql.name(each.member()),
                                        catalog.version() < 16 ? "" : " GRANTED BY " + Sql.name(each.grantor())),
                        member,
                        null,
                        false));
            }
        }
    }

    private @Nullable Purpose purposeOf(String role) {
        return wanted.roles().entrySet().stream()
                .filter(each -> each.getValue().name().equals(role))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    // Who owned the objects until now: the administrator, before there was an owner, and the owner of the last deploy.
    private List<String> formerOwners(Catalog catalog) {
        List<String> owners = new ArrayList<>(List.of(catalog.me()));
        before.map(DatabaseRoles::owner)
                .map(Role::name)
                .filter(name -> catalog.has(name) && !wanted.names(name))
                .ifPresent(owners::add);
        return owners;
    }

    // A role that the properties no longer name stays as it is, unless they say otherwise.
    private void removeFormer(Catalog catalog, BorrowedMembership borrowed) throws SQLException {
        if (before.isEmpty() || !dropsRemoved) {
            return;
        }
        for (String name : before.get().names()) {
            if (!wanted.names(name) && catalog.has(name)) {
                borrowed.borrow(name);
                for (Change change : Removal.of(name, wanted.owner().name())) {
                    ledger.make(change);
                }
                borrowed.forget(name);
            }
        }
    }

    private void refuseWhatIsLeft(Privileges privileges, String administrator, List<String> formerOwners)
            throws SQLException {
        List<Change> left = new ArrayList<>(privileges.ofPlaces());
        left.addAll(privileges.ofOwners(formerOwners));
        left.addAll(privileges.ofObjects());
        Catalog catalog = Catalog.read(sql);
        for (Map.Entry<Purpose, Role> each : wanted.roles().entrySet()) {
            boolean tokens = catalog.isMember(each.getValue().name(), Catalog.IAM);
            if (each.getValue().hasSecret() && tokens) {
                left.add(change(
                        "", "login by IAM from " + Text.quote(each.getValue().name()), "", each.getKey()));
            }
        }
        if (!left.isEmpty()) {
            String more = left.size() == 1 ? "" : " and %d more".formatted(left.size() - 1);
            throw new MigrationException(
                    "The database did not do what it was told, as it does where %s has no right to: %s%s. Run '%s' as the owner of the object or a superuser. Nothing was changed"
                            .formatted(
                                    Text.quote(administrator),
                                    left.get(0).what(),
                                    more,
                                    Text.cut(left.get(0).statement(), 300)));
        }
    }

    private static Entry entry(Catalog catalog, Role role) {
        return catalog.role(role.name()).orElseThrow();
    }

    private static Change change(String event, String what, String statement, Purpose purpose) {
        return new Change(event, what, statement, purpose, null, false);
    }
}
