package io.github.cdkliquibase.benchmark.process;

import java.nio.file.Path;
import java.util.Map;
import liquibase.Scope;
import liquibase.command.CommandScope;
import liquibase.resource.DirectoryResourceAccessor;

/** Liquibase's own update, through its API. */
final class LiquibaseUpdate {

    private LiquibaseUpdate() {}

    // Analytics would call a server of its makers.
    @SuppressWarnings("try") // ResourceAccessor declares Exception for its close
    static void run(String folder, String file, String url, String user, String password) throws Exception {
        try (DirectoryResourceAccessor files = new DirectoryResourceAccessor(Path.of(folder))) {
            Map<String, Object> settings =
                    Map.of("liquibase.analytics.enabled", false, Scope.Attr.resourceAccessor.name(), files);
            Scope.child(settings, () -> {
                CommandScope update = new CommandScope("update");
                update.addArgumentValue("url", url);
                update.addArgumentValue("username", user);
                update.addArgumentValue("password", password);
                update.addArgumentValue("changelogFile", file);
                update.execute();
            });
        }
    }
}
