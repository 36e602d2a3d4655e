package io.github.cdkliquibase.constructs.migration;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.lambda.ILayerVersion;
import software.amazon.awscdk.services.secretsmanager.ISecret;

/**
 * What a {@link DatabaseMigration} needs to be told: which database, as whom, and which changelog. All else has a
 * default.
 *
 * <p>Immutable; two builds of one builder share nothing.
 */
public final class DatabaseMigrationProps {

    private final ConnectionProps connection;
    private final ChangelogFolder changelog;
    private final Trigger trigger;
    private final @Nullable DatabaseRoles roles;

    private DatabaseMigrationProps(
            ConnectionProps connection, ChangelogFolder changelog, Trigger trigger, @Nullable DatabaseRoles roles) {
        this.connection = connection;
        this.changelog = changelog;
        this.trigger = trigger;
        this.roles = roles;
    }

    /** Properties with nothing in them yet. */
    public static Builder builder() {
        return new Builder();
    }

    ConnectionProps connection() {
        return connection;
    }

    ChangelogFolder changelog() {
        return changelog;
    }

    Trigger trigger() {
        return trigger;
    }

    Optional<DatabaseRoles> roles() {
        return Optional.ofNullable(roles);
    }

    /** Collects the properties. What is said of Liquibase's settings is said in Liquibase's documentation in full. */
    public static final class Builder extends ConnectionBuilder<Builder> {

        private @Nullable ChangelogFolder changelog;
        private @Nullable String sslRootCert;
        private @Nullable DatabaseRoles roles;
        private Trigger trigger = Trigger.EVERY_DEPLOY;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** The folder of the changelog, with the root changelog where the function expects it. Required. */
        public Builder changelog(Path folder) {
            return changelog(new ChangelogFolder(folder));
        }

        /** The folder of the changelog, and the root changelog in it. Required. */
        public Builder changelog(ChangelogFolder folder) {
            changelog = folder;
            return property("ChangelogFile", folder.rootFile());
        }

        /**
         * Run as the owner of these roles, in their database, after they were kept; and probe afterwards whether the
         * others can do what they should. Takes the place of {@code cluster}, {@code databaseName} and {@code secret} or
         * {@code iamUsername}. Default: no roles are kept.
         */
        public Builder roles(DatabaseRoles ofDatabase) {
            roles = ofDatabase;
            database(ofDatabase.target()).databaseName(ofDatabase.databaseName());
            ISecret secret = ofDatabase.owner().secret();
            return secret == null ? iamUsername(ofDatabase.owner().name()) : secret(secret);
        }

        /** When CloudFormation runs the migration. Default: on every deploy. */
        public Builder trigger(Trigger when) {
            trigger = when;
            return this;
        }

        /** More layers of the function; jars in {@code java/lib} are on its class path. Default: none. */
        public Builder layers(ILayerVersion... more) {
            return moreLayers(List.of(more));
        }

        /** Run the changesets of these contexts. Default: all. */
        public Builder contexts(String expression) {
            return property("Contexts", expression);
        }

        /** Run the changesets with these labels. Default: all. */
        public Builder labelFilter(String expression) {
            return property("LabelFilter", expression);
        }

        /** The schema of objects that the changelog names without one. Default: the first of the user's search path. */
        public Builder defaultSchema(String name) {
            return identifier("defaultSchema", "DefaultSchema", name);
        }

        /** The schema of Liquibase's history. Default: the default schema. */
        public Builder liquibaseSchema(String name) {
            return identifier("liquibaseSchema", "LiquibaseSchema", name);
        }

        /** The name of Liquibase's history table. Default: {@code DATABASECHANGELOG}. */
        public Builder historyTable(String name) {
            return identifier("historyTable", "HistoryTable", name);
        }

        /** The name of the lock table of plain Liquibase. Default: {@code DATABASECHANGELOGLOCK}. */
        public Builder lockTable(String name) {
            return identifier("lockTable", "LockTable", name);
        }

        /**
         * What happens where the changelog uses a parameter that has no value. Default: <code>${name}</code> stays as it is,
         * and the log warns.
         */
        public Builder undefinedParameters(UndefinedParameters what) {
            return property("UndefinedParameters", what.name());
        }

        /**
         * What a deploy does that is the same as the one before: its changelog, its properties, the function and the database's
         * history. Default: it answers without starting Liquibase.
         */
        public Builder whenUnchanged(WhenUnchanged what) {
            return property("WhenUnchanged", what.name());
        }

        /**
         * Begin this changeset anew, which runs outside a transaction and was left unfinished by an earlier deploy. Undo first
         * what its statements did: the reason of the failed deploy says which are done. Has no effect once the changeset has
         * run. Default: an unfinished changeset goes on behind the statements that are done.
         *
         * @param name {@code file::id::author}, as the reason has it
         */
        public Builder restartChangeset(String name) {
            return text("restartChangeset", "RestartChangeset", name);
        }

        /**
         * Whether the change {@code executeCommand} may run programs in the function. Default: a changelog with a pending one is
         * refused before anything is run.
         */
        public Builder executeCommand(ExecuteCommand decision) {
            return property("ExecuteCommand", decision.name());
        }

        /**
         * Values for <code>${name}</code> in the changelog. They stand in the template in the clear, so a secret is none.
         * Default: none.
         */
        public Builder parameters(Map<String, String> values) {
            return property("Parameters", new TreeMap<>(values));
        }

        /** How long a statement waits for a table lock before it is given up and retried. Default: 5 seconds. */
        public Builder lockTimeout(Duration duration) {
            return duration("lockTimeout", "LockTimeout", duration, Duration.days(24));
        }

        /**
         * A PEM file in the changelog folder with authorities that are trusted too. Default: those of RDS and of Amazon,
         * which come with the function.
         */
        public Builder sslRootCert(String file) {
            sslRootCert = file;
            return property("SslRootCert", file);
        }

        /** What becomes of the schema when the resource is deleted. Default: it stays. */
        public Builder onDelete(OnDelete what) {
            return property("OnDelete", what.name());
        }

        /** What becomes of the schema when CloudFormation rolls the stack back. Default: it stays. */
        public Builder onStackRollback(OnStackRollback what) {
            return property("OnStackRollback", what.name());
        }

        /**
         * Whether a stack rollback with {@link OnStackRollback#ROLLBACK} may drop tables and columns in which rows were written
         * after the deploy began. Default: it may not, and nothing is rolled back.
         */
        public Builder rollbackDataLoss(RollbackDataLoss what) {
            return property("RollbackDataLoss", what.name());
        }

        /**
         * The properties, checked.
         *
         * @throws IllegalArgumentException if something is missing, contradicts another value or is out of range; the
         *     message names it
         */
        public DatabaseMigrationProps build() {
            ChangelogFolder folder = required(changelog, "the changelog folder: 'changelog'");
            if (sslRootCert != null && !folder.holds(sslRootCert)) {
                throw new IllegalArgumentException(
                        "'sslRootCert' must name a file in the changelog folder '%s', got '%s'"
                                .formatted(folder.path().toAbsolutePath(), sslRootCert));
            }
            return new DatabaseMigrationProps(connection(), folder, trigger, roles);
        }
    }
}
