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
import java.util.Set;
import org.postgresql.util.PasswordUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates each role, sets how it logs in, and removes attributes that it must not have. */
final class Logins {

    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);

    private final DatabaseRoles wanted;
    private final Passwords passwords;
    private final Ledger ledger;
    private final Set<String> made = new HashSet<>();
    private final List<String> newTokens = new ArrayList<>();

    Logins(DatabaseRoles wanted, Passwords passwords, Ledger ledger) {
        this.wanted = wanted;
        this.passwords = passwords;
        this.ledger = ledger;
    }

    /** The roles that became members of {@code rds_iam}. */
    List<String> newTokens() {
        return List.copyOf(newTokens);
    }

    /**
     * Refuses a role with an attribute that it must not have and that only a superuser can remove.
     *
     * @throws MigrationException if a role is refused; the message names it
     */
    void refuseMoreThanRoles(Catalog catalog) {
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
                        "Role %s is %s, which is not allowed. Run 'ALTER ROLE %s NO%s' as a superuser, or name another role. Nothing was changed"
                                .formatted(
                                        Text.quote(role.name()),
                                        String.join(" and ", above),
                                        Sql.name(role.name()),
                                        String.join(" NO", above)));
            }
        }
    }

    /** Creates the missing roles, each with a comment that names its resource. */
    void create(Catalog catalog, Claims claims) throws SQLException {
        for (Map.Entry<Purpose, Role> each : wanted.roles().entrySet()) {
            String name = each.getValue().name();
            if (!catalog.has(name)) {
                ledger.make(change(
                        "role.created",
                        "role " + Text.quote(name),
                        "CREATE ROLE %s LOGIN; %s"
                                .formatted(
                                        Sql.name(name),
                                        claims.ofNew(each.getKey(), catalog).statement(name)),
                        each.getKey()));
                made.add(name);
            }
        }
    }

    /** Corrects the attributes of the roles and how they log in. */
    void correct(Catalog catalog) throws SQLException {
        for (Map.Entry<Purpose, Role> each : wanted.roles().entrySet()) {
            correct(each.getKey(), catalog.role(each.getValue().name()).orElseThrow());
            authenticate(catalog, each.getKey(), each.getValue());
        }
    }

    private void correct(Purpose purpose, Entry entry) throws SQLException {
        // Only differences: PostgreSQL refuses some options to users that are not superusers, even if they change
        // nothing.
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
        if (entry.isMadeHere()) {
            if (entry.hasNoConnections()) {
                words.add("CONNECTION LIMIT -1");
            }
            if (entry.isExpired()) {
                words.add("VALID UNTIL 'infinity'");
            }
        } else if (entry.hasNoConnections() || entry.isExpired()) {
            LOG.atWarn()
                    .addKeyValue("event", "role.shut.out")
                    .addKeyValue("role", purpose.property())
                    .log(
                            "Role {} cannot log in ({}). This project did not create it, so it stays as it is. Run 'ALTER ROLE {} CONNECTION LIMIT -1 VALID UNTIL 'infinity''",
                            Text.quote(entry.name()),
                            entry.hasNoConnections() ? "CONNECTION LIMIT 0" : "VALID UNTIL is over",
                            Sql.name(entry.name()));
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

    private void authenticate(Catalog catalog, Purpose purpose, Role role) throws SQLException {
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
            ledger.make(withoutTokens(purpose, role));
        }
        String password = passwords.of(role);
        if (made.contains(role.name()) || hasTokens || !passwords.areKnownTo(role)) {
            // Sends the verifier that the server stores, not the password, because the server may log the statement.
            String verifier = PasswordUtil.encodeScramSha256(password.toCharArray());
            ledger.make(change(
                    "password.set",
                    "the password of " + Text.quote(role.name()),
                    "ALTER ROLE %s PASSWORD '%s'".formatted(Sql.name(role.name()), verifier),
                    purpose));
        }
    }

    /**
     * Ends memberships between the roles: only the owner may have the owner's rights, and the read-only role must not
     * write.
     */
    void takeMembershipsAway(Catalog catalog) throws SQLException {
        for (Membership each : catalog.memberships()) {
            if (takesAway(each, wanted, catalog.me())) {
                ledger.make(new Change(
                        "membership.revoked",
                        "membership in %s from %s".formatted(Text.quote(each.role()), Text.quote(each.member())),
                        "REVOKE %s FROM %s%s"
                                .formatted(
                                        Sql.name(each.role()),
                                        Sql.name(each.member()),
                                        catalog.version() < 16 ? "" : " GRANTED BY " + Sql.name(each.grantor())),
                        wanted.purposeOf(each.member()),
                        null,
                        false));
            }
        }
    }

    /** Whether a membership is one that these roles must not have, and that a run revokes by itself. */
    static boolean takesAway(Membership membership, DatabaseRoles wanted, String administrator) {
        Purpose member = wanted.purposeOf(membership.member());
        // The owner may be a member of others, but not of a role that may get rds_iam.
        boolean ours = wanted.purposeOf(membership.role()) != null;
        return member != null
                && (ours || (member != Purpose.OWNER && membership.role().equals(administrator)));
    }

    /** The change that revokes {@code rds_iam} from a role. */
    static Change withoutTokens(Purpose purpose, Role role) {
        return change(
                "iam.revoked",
                "login by IAM from " + Text.quote(role.name()),
                "REVOKE rds_iam FROM " + Sql.name(role.name()),
                purpose);
    }

    private static Change change(String event, String what, String statement, Purpose purpose) {
        return new Change(event, what, statement, purpose, null, false);
    }
}
