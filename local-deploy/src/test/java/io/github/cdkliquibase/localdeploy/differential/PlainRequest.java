package io.github.cdkliquibase.localdeploy.differential;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One update, as it is handed to the process of plain Liquibase. What is null was not set by the user.
 *
 * @param folder the folder in which changelog paths are resolved
 * @param file the root changelog, relative to the folder
 * @param url JDBC URL
 * @param parameters parameters of the changelog
 * @param jars jars on the user's class path
 */
record PlainRequest(
        String folder,
        String file,
        String url,
        String user,
        String password,
        @Nullable String contexts,
        @Nullable String labels,
        Map<String, String> parameters,
        @Nullable String defaultSchema,
        @Nullable String liquibaseSchema,
        @Nullable String historyTable,
        @Nullable String lockTable,
        List<String> jars) {

    PlainRequest {
        parameters = Map.copyOf(parameters);
        jars = List.copyOf(jars);
    }
}
