package io.github.cdkliquibase.lambda.request;

import static io.github.cdkliquibase.lambda.request.Property.ReadOnDelete.IF_ALLOWED;
import static io.github.cdkliquibase.lambda.request.Property.ReadOnDelete.NO;
import static io.github.cdkliquibase.lambda.request.Property.ReadOnDelete.YES;

import io.github.cdkliquibase.lambda.changelog.Changelog;
import io.github.cdkliquibase.lambda.changelog.RunOptions.ExecuteCommand;
import io.github.cdkliquibase.lambda.changelog.RunOptions.UndefinedParameters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The properties of the resource that migrates a database, and which of them go together. */
final class MigrationProperties {

    /** What a Delete does. */
    enum OnDelete {
        RETAIN,
        DROP_ALL
    }

    /** What a stack rollback does. */
    enum OnStackRollback {
        KEEP,
        ROLLBACK
    }

    /** Whether a stack rollback may drop what others have written. */
    enum RollbackDataLoss {
        REFUSE,
        ALLOW
    }

    /** What a deploy does for which nothing can be pending. */
    enum WhenUnchanged {
        SKIP,
        RUN
    }

    /** Which messages of the server the log shows. */
    enum ServerMessages {
        NONE,
        LOG
    }

    static final PropertySet ALL = new PropertySet(SharedProperties.ALL);

    static final Property<Optional<String>> CHANGELOG_HASH =
            ALL.declare(Property.optional("ChangelogHash", PropertyTypes.TEXT, NO));

    static final Property<String> CHANGELOG_FILE =
            ALL.declare(Property.withDefault("ChangelogFile", PropertyTypes.RELATIVE_PATH, Changelog.DEFAULT_FILE, NO));

    static final Property<EngineName> ENGINE = ALL.declare(Property.withDefault(
            "Engine",
            Words.of(EngineName.class, EngineName::word).later("dsql", "Aurora DSQL"),
            EngineName.POSTGRESQL,
            IF_ALLOWED));

    static final Property<String> CONTEXTS =
            ALL.declare(Property.withDefault("Contexts", PropertyTypes.TEXT_OR_EMPTY, "", NO));

    static final Property<String> LABEL_FILTER =
            ALL.declare(Property.withDefault("LabelFilter", PropertyTypes.TEXT_OR_EMPTY, "", NO));

    static final Property<Optional<String>> DEFAULT_SCHEMA =
            ALL.declare(Property.optional("DefaultSchema", PropertyTypes.IDENTIFIER, YES));

    static final Property<Optional<String>> LIQUIBASE_SCHEMA =
            ALL.declare(Property.optional("LiquibaseSchema", PropertyTypes.IDENTIFIER, YES));

    static final Property<String> HISTORY_TABLE = ALL.declare(
            Property.withDefault("HistoryTable", PropertyTypes.IDENTIFIER, Changelog.History.DEFAULT_TABLE, YES));

    static final Property<String> LOCK_TABLE = ALL.declare(
            Property.withDefault("LockTable", PropertyTypes.IDENTIFIER, Changelog.History.DEFAULT_LOCK_TABLE, YES));

    static final Property<Map<String, String>> PARAMETERS =
            ALL.declare(Property.withDefault("Parameters", PropertyTypes.TEXTS, Map.of(), NO));

    static final Property<UndefinedParameters> UNDEFINED_PARAMETERS = ALL.declare(Property.withDefault(
            "UndefinedParameters", Words.of(UndefinedParameters.class), UndefinedParameters.KEEP, NO));

    static final Property<WhenUnchanged> WHEN_UNCHANGED =
            ALL.declare(Property.withDefault("WhenUnchanged", Words.of(WhenUnchanged.class), WhenUnchanged.SKIP, NO));

    static final Property<Optional<String>> RESTART_CHANGESET =
            ALL.declare(Property.optional("RestartChangeset", PropertyTypes.TEXT, NO));

    static final Property<ExecuteCommand> EXECUTE_COMMAND = ALL.declare(
            Property.withDefault("ExecuteCommand", Words.of(ExecuteCommand.class), ExecuteCommand.REFUSE, NO));

    static final Property<Duration> LOCK_TIMEOUT =
            ALL.declare(Property.withDefault("LockTimeout", PropertyTypes.DURATION, Duration.ofSeconds(5), IF_ALLOWED));

    static final Property<ServerMessages> SERVER_MESSAGES = ALL.declare(
            Property.withDefault("ServerMessages", Words.of(ServerMessages.class), ServerMessages.NONE, NO));

    static final Property<OnStackRollback> ON_STACK_ROLLBACK = ALL.declare(
            Property.withDefault("OnStackRollback", Words.of(OnStackRollback.class), OnStackRollback.KEEP, IF_ALLOWED));

    static final Property<RollbackDataLoss> ROLLBACK_DATA_LOSS = ALL.declare(Property.withDefault(
            "RollbackDataLoss", Words.of(RollbackDataLoss.class), RollbackDataLoss.REFUSE, IF_ALLOWED));

    static final Property<OnDelete> ON_DELETE =
            ALL.declare(Property.withDefault("OnDelete", Words.of(OnDelete.class), OnDelete.RETAIN, IF_ALLOWED));

    static final Property<String> LINT = ALL.declare(Property.withDefault(
            "Lint", Words.only("OFF").later("WARN", "the lint").later("FAIL", "the lint"), "OFF", NO));

    static final Property<String> WAITER =
            ALL.declare(Property.withDefault("Waiter", Words.only("false").later("true", "the waiter"), "false", NO));

    /** Properties with words that this version does not support yet. */
    static final List<Property<?>> CAPABILITIES = List.of(ENGINE, ON_STACK_ROLLBACK, ON_DELETE, LINT, WAITER);

    private MigrationProperties() {}
}
