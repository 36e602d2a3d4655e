package io.github.cdkliquibase.lambda.request;

import io.github.cdkliquibase.lambda.changelog.Changelog;
import io.github.cdkliquibase.lambda.changelog.RunOptions.ExecuteCommand;
import io.github.cdkliquibase.lambda.changelog.RunOptions.UndefinedParameters;
import io.github.cdkliquibase.lambda.database.Authentication;
import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.database.HostName;
import io.github.cdkliquibase.lambda.database.SslMode;
import io.github.cdkliquibase.lambda.failure.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the properties of the custom resource by name, with their defaults and the rules between them. */
final class RequestReader {

    static final Set<String> KNOWN = Set.of(
            "ServiceToken",
            "ServiceTimeout",
            "DeployedAt",
            "ChangelogHash",
            "ChangelogFile",
            "SecretArn",
            "IamUsername",
            "Host",
            "Port",
            "DatabaseName",
            "Engine",
            "SslMode",
            "SslRootCert",
            "Contexts",
            "LabelFilter",
            "DefaultSchema",
            "LiquibaseSchema",
            "HistoryTable",
            "LockTable",
            "Parameters",
            "UndefinedParameters",
            "RestartChangeset",
            "ExecuteCommand",
            "LockTimeout",
            "ConnectTimeout",
            "ServerMessages",
            "OnStackRollback",
            "OnDelete",
            "Lint",
            "Waiter");

    private static final Duration DEFAULT_LOCK_TIMEOUT = Duration.ofSeconds(5);

    private final PropertyValues properties;

    RequestReader(PropertyValues properties) {
        this.properties = properties;
    }

    void refuseUnknown() {
        properties.refuseNamesOtherThan(KNOWN);
    }

    MigrationRequest read(Path folder) {
        properties.instant("DeployedAt");
        properties.text("ChangelogHash");
        Changelog changelog = new Changelog(
                folder,
                properties.relativePath("ChangelogFile").orElse(Changelog.DEFAULT_FILE),
                properties.textOrEmpty("Contexts"),
                properties.textOrEmpty("LabelFilter"),
                properties.texts("Parameters"),
                properties.identifier("DefaultSchema").orElse(null),
                history());
        return new MigrationRequest(
                database(folder),
                changelog,
                properties.duration("LockTimeout").orElse(DEFAULT_LOCK_TIMEOUT),
                UndefinedParameters.valueOf(properties.word(
                        "UndefinedParameters",
                        UndefinedParameters.KEEP.name(),
                        UndefinedParameters.KEEP.name(),
                        UndefinedParameters.REFUSE.name())),
                properties.text("RestartChangeset"),
                ExecuteCommand.valueOf(properties.word(
                        "ExecuteCommand",
                        ExecuteCommand.REFUSE.name(),
                        ExecuteCommand.REFUSE.name(),
                        ExecuteCommand.ALLOW.name())),
                properties.word("ServerMessages", "NONE", "NONE", "LOG").equals("LOG"));
    }

    private Changelog.History history() {
        String table = properties.identifier("HistoryTable").orElse(Changelog.History.DEFAULT_TABLE);
        String lockTable = properties.identifier("LockTable").orElse(Changelog.History.DEFAULT_LOCK_TABLE);
        if (table.equalsIgnoreCase(lockTable)) {
            throw new IllegalArgumentException(
                    "Properties 'HistoryTable' and 'LockTable' must name two tables, got %s for both"
                            .formatted(Text.quote(table)));
        }
        return new Changelog.History(properties.identifier("LiquibaseSchema").orElse(null), table, lockTable);
    }

    /** Reads only the properties that say where the database and the schema are. */
    MigrationRequest readForDelete(Path folder) {
        Changelog changelog = new Changelog(
                folder,
                Changelog.DEFAULT_FILE,
                "",
                "",
                Map.of(),
                properties.identifier("DefaultSchema").orElse(null),
                history());
        return new MigrationRequest(
                database(folder, connectTimeoutForDelete()),
                changelog,
                DEFAULT_LOCK_TIMEOUT,
                UndefinedParameters.KEEP,
                Optional.empty(),
                ExecuteCommand.REFUSE,
                false);
    }

    private Duration connectTimeoutForDelete() {
        try {
            return connectTimeout();
        } catch (IllegalArgumentException e) {
            return DatabaseTarget.DEFAULT_CONNECT_TIMEOUT;
        }
    }

    private Duration connectTimeout() {
        return properties.duration("ConnectTimeout").orElse(DatabaseTarget.DEFAULT_CONNECT_TIMEOUT);
    }

    /** Reads where the database is and how to log in. */
    DatabaseTarget database(Path folder) {
        return database(folder, connectTimeout());
    }

    private DatabaseTarget database(Path folder, Duration connectTimeout) {
        DatabaseTarget target = new DatabaseTarget(
                authentication(),
                properties
                        .text("Host")
                        .map(host -> HostName.of(host)
                                .orElseThrow(() -> PropertyValues.wrong("Host", host, "a host name or an IP address")))
                        .orElse(null),
                properties.number("Port", 1, 65_535).orElse(null),
                properties.identifier("DatabaseName").orElse(null),
                sslMode(),
                properties.relativePath("SslRootCert").map(folder::resolve).orElse(null),
                connectTimeout);
        if (target.authentication() instanceof Authentication.IamToken) {
            requireWhatATokenNeeds(target);
        }
        return target;
    }

    private Authentication authentication() {
        Optional<String> secret = properties.text("SecretArn");
        Optional<String> user = properties.identifier("IamUsername");
        if (secret.isPresent() == user.isPresent()) {
            throw new IllegalArgumentException(
                    "Exactly one of the properties 'SecretArn' and 'IamUsername' must be set, got "
                            + (secret.isPresent() ? "both" : "neither"));
        }
        return secret.<Authentication>map(Authentication.Secret::new)
                .or(() -> user.map(Authentication.IamToken::new))
                .orElseThrow();
    }

    private static void requireWhatATokenNeeds(DatabaseTarget target) {
        if (target.host() == null || target.databaseName() == null) {
            throw new IllegalArgumentException(
                    "Property '%s' must be set with 'IamUsername': there is no secret that could say it"
                            .formatted(target.host() == null ? "Host" : "DatabaseName"));
        }
        if (!target.sslMode().verifies()) {
            throw new IllegalArgumentException(
                    "Property 'SslMode' must be 'verify-full' or 'verify-ca' with 'IamUsername', got '%s': a token is sent in clear text inside of TLS, so another server that is taken for the database could use it. Leave the property out"
                            .formatted(target.sslMode().word()));
        }
    }

    private SslMode sslMode() {
        String[] words = Arrays.stream(SslMode.values()).map(SslMode::word).toArray(String[]::new);
        return SslMode.of(properties.word("SslMode", SslMode.VERIFY_FULL.word(), words))
                .orElseThrow();
    }

    void refuseWhatIsNotSupported() {
        if (properties.word("Engine", "postgresql", "postgresql", "dsql").equals("dsql")) {
            throw notSupported("Engine", "Aurora DSQL", "Only 'postgresql' is allowed");
        }
        if (properties.word("OnStackRollback", "KEEP", "KEEP", "ROLLBACK").equals("ROLLBACK")) {
            throw notSupported("OnStackRollback", "rolling back changesets", "Only 'KEEP' is allowed");
        }
        properties.word("OnDelete", "RETAIN", "RETAIN", "DROP_ALL");
        if (!properties.word("Lint", "OFF", "OFF", "WARN", "FAIL").equals("OFF")) {
            throw notSupported("Lint", "the lint", "Only 'OFF' is allowed");
        }
        if (properties.word("Waiter", "false", "true", "false").equals("true")) {
            throw notSupported("Waiter", "the waiter", "Leave the property out");
        }
    }

    private IllegalArgumentException notSupported(String name, String capability, String instead) {
        String value = properties.text(name).orElse("");
        return new IllegalArgumentException("Property '%s' is %s, but %s is not supported by this version. %s"
                .formatted(name, Text.quote(value), capability, instead));
    }
}
