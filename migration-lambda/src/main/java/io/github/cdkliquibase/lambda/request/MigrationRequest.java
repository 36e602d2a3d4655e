package io.github.cdkliquibase.lambda.request;

import io.github.cdkliquibase.lambda.changelog.Changelog;
import io.github.cdkliquibase.lambda.changelog.RunOptions.ExecuteCommand;
import io.github.cdkliquibase.lambda.changelog.RunOptions.UndefinedParameters;
import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.engine.SessionSettings;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request of one deploy, read from the properties of the custom resource.
 *
 * @param engine the kind of the database
 * @param database where to connect and how
 * @param changelog what to run there
 * @param deployedAt stamp of the deploy
 * @param lockTimeout how long one statement waits for a table lock; longer than zero
 * @param undefinedParameters what to do if the changelog uses a parameter that has no value
 * @param restartChangeset name of an unfinished changeset that starts again
 * @param executeCommand whether the change {@code executeCommand} may run programs
 * @param serverMessages whether the log shows the notices and warnings that the server sends
 * @param skipsUnchanged whether Liquibase is not started where nothing can be pending
 * @param allowsDataLoss whether it may drop tables and columns in which others have written rows
 * @param dropsOnDelete whether a later Delete drops what is in the schema
 */
public record MigrationRequest(
        EngineName engine,
        DatabaseTarget database,
        Changelog changelog,
        Optional<Instant> deployedAt,
        Duration lockTimeout,
        UndefinedParameters undefinedParameters,
        Optional<String> restartChangeset,
        ExecuteCommand executeCommand,
        boolean serverMessages,
        boolean skipsUnchanged,
        boolean allowsDataLoss,
        boolean dropsOnDelete) {

    /**
     * Reads the properties of a Create or an Update.
     *
     * @param properties as CloudFormation sends them: every scalar a text; null or any other shape is refused
     * @param changelogFolder the folder that paths in the properties are relative to
     * @throws MigrationException if a property is unknown, missing, contradicts another one, or has a value that
     *     is not allowed; the message names the property, the value and what is allowed
     */
    public static MigrationRequest from(@Nullable Object properties, Path changelogFolder) {
        PropertyValues values = PropertyValues.of(properties);
        values.refuseUnknown(MigrationProperties.ALL);
        // Refuse unsupported values first: correcting another property would not help the user.
        MigrationProperties.CAPABILITIES.forEach(values::get);
        values.get(SharedProperties.DEPLOYED_AT);
        MigrationRequest request = read(values, changelogFolder);
        values.check(MigrationProperties.ALL);
        return request;
    }

    /** The settings that a run of this request needs for its session. */
    public SessionSettings sessionSettings() {
        return new SessionSettings(Optional.of(lockTimeout), serverMessages);
    }

    /**
     * Reads the properties of a Delete or a stack rollback that has to reach the database: only those that say where it is, and
     * those that matter there. A property that a deploy has refused must not prevent the deletion or the rollback of a stack.
     *
     * @return empty if they do not say where the database is
     */
    public static Optional<MigrationRequest> forLookBack(@Nullable Object properties, Path changelogFolder) {
        try {
            return Optional.of(read(PropertyValues.ofDelete(properties), changelogFolder));
        } catch (MigrationException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether a Delete drops the objects in the schema. With any other word than {@code DROP_ALL}, and with any other
     * shape of the properties, the database is not touched.
     */
    public static boolean dropsOnDelete(@Nullable Object properties) {
        try {
            return drops(PropertyValues.ofDelete(properties));
        } catch (MigrationException e) {
            return false;
        }
    }

    /** The parameters of the changelog in properties of any shape; none if they are not well-formed. */
    public static Map<String, String> parameters(@Nullable Object properties) {
        try {
            return PropertyValues.of(properties).get(MigrationProperties.PARAMETERS);
        } catch (MigrationException e) {
            return Map.of();
        }
    }

    /** Whether a stack rollback undoes changesets. With any other word than {@code ROLLBACK}, the database stays as it is. */
    public static boolean rollsBack(@Nullable Object properties) {
        try {
            return PropertyValues.ofDelete(properties).get(MigrationProperties.ON_STACK_ROLLBACK)
                    == MigrationProperties.OnStackRollback.ROLLBACK;
        } catch (MigrationException e) {
            return false;
        }
    }

    /** The names of all properties that the custom resource knows, also of those that this version refuses. */
    public static Set<String> propertyNames() {
        return MigrationProperties.ALL.names();
    }

    /** The words that a property allows; empty if it is no choice of words, or not known. */
    public static Set<String> allowedWords(String property) {
        return MigrationProperties.ALL.all().stream()
                .filter(each -> each.name().equals(property))
                .map(each ->
                        each.type() instanceof Words<?> words ? words.allowed().keySet() : Set.<String>of())
                .findFirst()
                .orElse(Set.of());
    }

    /**
     * Reads what a deploy or a Delete asks for.
     *
     * @param folder that paths in the properties are relative to
     */
    private static MigrationRequest read(PropertyValues values, Path folder) {
        Changelog changelog = new Changelog(
                folder,
                values.get(MigrationProperties.CHANGELOG_FILE),
                values.get(MigrationProperties.CONTEXTS),
                values.get(MigrationProperties.LABEL_FILTER),
                values.get(MigrationProperties.PARAMETERS),
                values.get(MigrationProperties.DEFAULT_SCHEMA).orElse(null),
                history(values));
        return new MigrationRequest(
                values.get(MigrationProperties.ENGINE),
                SharedProperties.database(values, folder),
                changelog,
                values.get(SharedProperties.DEPLOYED_AT),
                values.get(MigrationProperties.LOCK_TIMEOUT),
                values.get(MigrationProperties.UNDEFINED_PARAMETERS),
                values.get(MigrationProperties.RESTART_CHANGESET),
                values.get(MigrationProperties.EXECUTE_COMMAND),
                values.get(MigrationProperties.SERVER_MESSAGES) == MigrationProperties.ServerMessages.LOG,
                values.get(MigrationProperties.WHEN_UNCHANGED) == MigrationProperties.WhenUnchanged.SKIP,
                values.get(MigrationProperties.ROLLBACK_DATA_LOSS) == MigrationProperties.RollbackDataLoss.ALLOW,
                drops(values));
    }

    /** Reads whether a Delete drops what is in the schema. */
    private static boolean drops(PropertyValues values) {
        return values.get(MigrationProperties.ON_DELETE) == MigrationProperties.OnDelete.DROP_ALL;
    }

    private static Changelog.History history(PropertyValues values) {
        String table = values.get(MigrationProperties.HISTORY_TABLE);
        String lockTable = values.get(MigrationProperties.LOCK_TABLE);
        if (table.equalsIgnoreCase(lockTable)) {
            throw new MigrationException("Properties '%s' and '%s' must name two tables, got %s for both"
                    .formatted(
                            MigrationProperties.HISTORY_TABLE.name(),
                            MigrationProperties.LOCK_TABLE.name(),
                            Text.quote(table)));
        }
        return new Changelog.History(
                values.get(MigrationProperties.LIQUIBASE_SCHEMA).orElse(null), table, lockTable);
    }
}
