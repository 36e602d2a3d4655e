package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.engine.HistoryNames;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The changelog to run, and which part of it.
 *
 * @param folder the folder that changelog paths are relative to
 * @param file the root changelog, relative to the folder, with forward slashes
 * @param contexts as Liquibase defines them; empty runs every changeset, whatever its context
 * @param labelFilter as Liquibase defines it; empty runs every changeset, whatever its labels
 * @param parameters changelog parameters; their values are never shown
 * @param defaultSchema schema of unqualified objects; null means the user's own default
 * @param history the history's tables
 */
public record Changelog(
        Path folder,
        String file,
        String contexts,
        String labelFilter,
        Map<String, String> parameters,
        @Nullable String defaultSchema,
        History history) {

    /** The default root changelog. */
    public static final String DEFAULT_FILE = "db/changelog/db.changelog-master.yaml";

    /** Copies the parameters. */
    public Changelog {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Liquibase's own tables.
     *
     * @param schema of them; null means the default schema
     * @param table of the changesets that ran
     * @param lockTable that plain Liquibase locks
     */
    public record History(@Nullable String schema, String table, String lockTable) {

        /** Liquibase's default for the table of the changesets that ran. */
        public static final String DEFAULT_TABLE = "DATABASECHANGELOG";

        /** Liquibase's default for the lock table. */
        public static final String DEFAULT_LOCK_TABLE = "DATABASECHANGELOGLOCK";
    }

    /** Where to look for the history. PostgreSQL and Liquibase fold the names of the tables. */
    public HistoryNames historyNames() {
        return new HistoryNames(
                Optional.ofNullable(defaultSchema),
                Optional.ofNullable(history.schema()),
                history.table().toLowerCase(Locale.ROOT),
                history.lockTable().toLowerCase(Locale.ROOT));
    }

    // Leaves out the parameters' values.
    @Override
    public String toString() {
        return "Changelog[file=%s, contexts=%s, labelFilter=%s, parameters=%s, defaultSchema=%s, history=%s]"
                .formatted(file, contexts, labelFilter, parameters.keySet(), defaultSchema, history);
    }
}
