package io.github.cdkliquibase.lambda.changelog;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to run, and which part of it.
 *
 * @param folder the folder that changelog paths are relative to
 * @param file the root changelog, relative to the folder, with forward slashes
 * @param contexts as Liquibase defines them; empty runs every changeset, whatever its context
 * @param labelFilter as Liquibase defines it; empty runs every changeset, whatever its labels
 * @param parameters changelog parameters; their values are never shown
 * @param defaultSchema schema of unqualified objects; null means the user's own default
 * @param liquibaseSchema schema of the history tables; null means the default schema
 */
public record Changelog(
        Path folder,
        String file,
        String contexts,
        String labelFilter,
        Map<String, String> parameters,
        @Nullable String defaultSchema,
        @Nullable String liquibaseSchema) {

    /** The root changelog where a deploy names none. */
    public static final String DEFAULT_FILE = "db/changelog/db.changelog-master.yaml";

    public Changelog {
        parameters = Map.copyOf(parameters);
    }

    // Without the parameters' values.
    @Override
    public String toString() {
        return "Changelog[file=%s, contexts=%s, labelFilter=%s, parameters=%s, defaultSchema=%s, liquibaseSchema=%s]"
                .formatted(file, contexts, labelFilter, parameters.keySet(), defaultSchema, liquibaseSchema);
    }
}
