package io.github.cdkliquibase.infra;

import io.github.cdkliquibase.infra.migration.ChangelogFolder;
import java.nio.file.Path;
import java.time.Clock;
import software.amazon.awscdk.App;

/**
 * The CDK application.
 *
 * <p>Context values, both paths relative to the folder of cdk.json: {@code migrationLambda}, the zip of the function,
 * and {@code changelog}, the folder of the changelog. By default they are those of the neighbouring modules.
 */
final class InfraApp {

    private InfraApp() {}

    public static void main(String[] args) {
        App app = new App();
        addStack(app, Clock.systemUTC());
        app.synth();
    }

    static DatabaseStack addStack(App app, Clock clock) {
        return new DatabaseStack(
                app,
                "CdkLiquibase",
                new DatabaseStackProps(
                        path(app, "migrationLambda", "../migration-lambda/target/migration-lambda.zip"),
                        new ChangelogFolder(path(app, "changelog", "../changelog/src/main/resources")),
                        clock));
    }

    private static Path path(App app, String key, String fallback) {
        return switch (app.getNode().tryGetContext(key)) {
            case null -> Path.of(fallback);
            case String path -> Path.of(path);
            case Object other ->
                throw new IllegalArgumentException("Context value '" + key + "' must be a path, got '" + other + "'");
        };
    }
}
