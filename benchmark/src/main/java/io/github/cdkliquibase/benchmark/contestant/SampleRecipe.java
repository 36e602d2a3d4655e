package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.changelog.Changelogs;
import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.nio.file.Path;
import java.util.Map;

/** A typical sample of a function that runs Liquibase. */
record SampleRecipe(Path artifact, Path runtimeClient, SecretsManagerEndpoint secrets) implements FunctionRecipe {

    @Override
    public boolean takes(Scenario scenario) {
        return scenario.access() == Access.PASSWORD;
    }

    @Override
    public boolean migrates() {
        return true;
    }

    @Override
    public FunctionSettings settings(Task task) {
        return FunctionSettings.of(artifact, ClassFiles.fullName("SampleHandler"), runtimeClient)
                .withVariable(
                        "CHANGELOG_DIR",
                        task.changelogs()
                                .liquibase(task.format(), task.changesets())
                                .toString())
                .withVariable("CHANGELOG_FILE", Changelogs.root(task.format()))
                .withVariable(
                        "SECRET_ARN", secrets.put("benchmark", task.target().secret()))
                .withVariable("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url().toString());
    }

    @Override
    public Map<String, Object> properties(Task task) {
        return Map.of();
    }
}
