package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Entry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postgresql.util.PasswordUtil;

/** Creates each role, corrects its attributes, and sets how it logs in. */
final class Logins {

    private final DatabaseRoles wanted;
    private final Passwords passwords;
    private final AppliedChanges applied;
    private final Set<String> created = new HashSet<>();
    private final List<String> newTokens = new ArrayList<>();

    Logins(DatabaseRoles wanted, Passwords passwords, AppliedChanges applied) {
        this.wanted = wanted;
        this.passwords = passwords;
        this.applied = applied;
    }

    /** The roles that became members of {@code rds_iam}. */
    List<String> newTokens() {
        return List.copyOf(newTokens);
    }

    /** Creates the missing roles, each with a comment that names its resource. */
    void create(Catalog catalog, Claims claims) throws SQLException {
        for (Map.Entry<RolePurpose, Role> each : wanted.roles().entrySet()) {
            String name = each.getValue().name();
            if (!catalog.has(name)) {
                applied.apply(Change.ofRole(
                        "role.created",
                        "role " + Text.quote(name),
                        "CREATE ROLE %s LOGIN; %s"
                                .formatted(
                                        Sql.name(name),
                                        claims.ofNew(each.getKey(), catalog).statement(name)),
                        each.getKey()));
                created.add(name);
            }
        }
    }

    /** Corrects the attributes of the roles and how they log in. */
    void correct(Catalog catalog) throws SQLException {
        for (Map.Entry<RolePurpose, Role> each : wanted.roles().entrySet()) {
            Entry entry = catalog.role(each.getValue().name()).orElseThrow();
            Optional<Change> correction = RoleAttributes.correction(each.getKey(), entry);
            if (correction.isPresent()) {
                applied.apply(correction.get());
            }
            authenticate(catalog, each.getKey(), each.getValue());
        }
    }

    private void authenticate(Catalog catalog, RolePurpose purpose, Role role) throws SQLException {
        boolean hasTokens = catalog.memberships().stream()
                .anyMatch(
                        each -> each.member().equals(role.name()) && each.role().equals(Catalog.IAM));
        if (role.hasSecret()) {
            authenticateByPassword(purpose, role, hasTokens);
        } else if (!hasTokens) {
            newTokens.add(role.name());
            applied.apply(Change.ofRole(
                    "iam.granted",
                    "login by IAM for " + Text.quote(role.name()),
                    "GRANT rds_iam TO " + Sql.name(role.name()),
                    purpose));
        }
    }

    private void authenticateByPassword(RolePurpose purpose, Role role, boolean hasTokens) throws SQLException {
        if (hasTokens) {
            applied.apply(withoutTokens(purpose, role));
        }
        String password = passwords.of(role);
        if (created.contains(role.name()) || hasTokens || !passwords.areKnownTo(role)) {
            // Sends the verifier that the server stores, not the password, because the server may log the statement.
            String verifier = PasswordUtil.encodeScramSha256(password.toCharArray());
            applied.apply(Change.ofRole(
                    "password.set",
                    "the password of " + Text.quote(role.name()),
                    "ALTER ROLE %s PASSWORD '%s'".formatted(Sql.name(role.name()), verifier),
                    purpose));
        }
    }

    /** The change that revokes {@code rds_iam} from a role. */
    static Change withoutTokens(RolePurpose purpose, Role role) {
        return Change.ofRole(
                "iam.revoked",
                "login by IAM from " + Text.quote(role.name()),
                "REVOKE rds_iam FROM " + Sql.name(role.name()),
                purpose);
    }
}
