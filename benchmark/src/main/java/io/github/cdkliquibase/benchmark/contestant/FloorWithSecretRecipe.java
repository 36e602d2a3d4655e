package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Kind;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.nio.file.Path;
import java.util.Map;

/** A function that reads the secret and connects. */
record FloorWithSecretRecipe(Path artifact, Path runtimeClient, SecretsManagerEndpoint secrets)
        implements FunctionRecipe {

    @Override
    public boolean takes(Scenario scenario) {
        return scenario.kind() == Kind.NO_OP && scenario.access() == Access.PASSWORD;
    }

    @Override
    public boolean migrates() {
        return false;
    }

    @Override
    public FunctionSettings settings(Task task) {
        return FunctionSettings.of(artifact, ClassFiles.fullName("FloorWithSecretHandler"), runtimeClient)
                .withVariable(
                        "SECRET_ARN", secrets.put("benchmark", task.target().secret()))
                .withVariable("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url().toString());
    }

    @Override
    public Map<String, Object> properties(Task task) {
        return Map.of();
    }
}
