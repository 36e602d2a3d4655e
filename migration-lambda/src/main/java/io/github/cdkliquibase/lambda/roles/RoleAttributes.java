package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the attributes of a role with those that it must have. */
final class RoleAttributes {

    private static final Logger LOG = LoggerFactory.getLogger(RoleAttributes.class);

    private RoleAttributes() {}

    /**
     * Refuses a role with an attribute that it must not have and that only a superuser can remove.
     *
     * @throws MigrationException if a role is refused; the message names it
     */
    static void refuse(Catalog catalog, DatabaseRoles wanted) {
        for (String role : wanted.names()) {
            List<String> forbidden =
                    catalog.role(role).map(RoleAttributes::forbidden).orElse(List.of());
            if (!forbidden.isEmpty()) {
                throw new MigrationException(
                        "Role %s is %s, which is not allowed. Run 'ALTER ROLE %s NO%s' as a superuser, or name another role. Nothing was changed"
                                .formatted(
                                        Text.quote(role),
                                        String.join(" and ", forbidden),
                                        Sql.name(role),
                                        String.join(" NO", forbidden)));
            }
        }
    }

    private static List<String> forbidden(Entry entry) {
        List<String> forbidden = new ArrayList<>();
        if (entry.superuser()) {
            forbidden.add("SUPERUSER");
        }
        if (entry.replicates()) {
            forbidden.add("REPLICATION");
        }
        if (entry.bypassesRowSecurity()) {
            forbidden.add("BYPASSRLS");
        }
        return forbidden;
    }

    /** The change that corrects the attributes of a role; empty if none is necessary. */
    static Optional<Change> correction(RolePurpose purpose, Entry entry) {
        List<String> options = new ArrayList<>(optionsOfRights(entry));
        if (entry.isMadeHere()) {
            options.addAll(optionsOfLimits(entry));
        } else if (entry.hasNoConnections() || entry.isExpired()) {
            logLimits(purpose, entry);
        }
        if (options.isEmpty()) {
            return Optional.empty();
        }
        String list = String.join(" ", options);
        return Optional.of(Change.ofRole(
                "role.altered",
                "role %s: %s".formatted(Text.quote(entry.name()), list),
                "ALTER ROLE " + Sql.name(entry.name()) + " " + list,
                purpose));
    }

    // Only differences: PostgreSQL refuses some options to users that are not superusers, even if they change nothing.
    private static List<String> optionsOfRights(Entry entry) {
        List<String> options = new ArrayList<>();
        if (!entry.logsIn()) {
            options.add("LOGIN");
        }
        if (!entry.inherits()) {
            options.add("INHERIT");
        }
        if (entry.createsDatabases()) {
            options.add("NOCREATEDB");
        }
        if (entry.createsRoles()) {
            options.add("NOCREATEROLE");
        }
        return options;
    }

    private static List<String> optionsOfLimits(Entry entry) {
        List<String> options = new ArrayList<>();
        if (entry.hasNoConnections()) {
            options.add("CONNECTION LIMIT -1");
        }
        if (entry.isExpired()) {
            options.add("VALID UNTIL 'infinity'");
        }
        return options;
    }

    private static void logLimits(RolePurpose purpose, Entry entry) {
        LOG.atWarn()
                .addKeyValue("event", "role.shut.out")
                .addKeyValue("role", purpose.property())
                .log(
                        "Role {} cannot log in ({}). This project did not create it, so it stays as it is. Run 'ALTER ROLE {} CONNECTION LIMIT -1 VALID UNTIL 'infinity''",
                        Text.quote(entry.name()),
                        entry.hasNoConnections() ? "CONNECTION LIMIT 0" : "VALID UNTIL is over",
                        Sql.name(entry.name()));
    }
}
