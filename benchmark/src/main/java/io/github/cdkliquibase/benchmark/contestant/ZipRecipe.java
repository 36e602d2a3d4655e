package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.changelog.Changelogs;
import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The zip of this project, as a custom resource without a provider in between. */
record ZipRecipe(Path artifact, Path runtimeClient, SecretsManagerEndpoint secrets) implements FunctionRecipe {

    private static final String HANDLER = "io.github.cdkliquibase.lambda.MigrationHandler::handleRequest";

    @Override
    public boolean takes(Scenario scenario) {
        return true;
    }

    @Override
    public boolean migrates() {
        return true;
    }

    @Override
    public FunctionSettings settings(Task task) {
        return FunctionSettings.of(artifact, HANDLER, runtimeClient)
                .withVariable(
                        "CHANGELOG_DIR",
                        task.changelogs()
                                .liquibase(task.format(), task.changesets())
                                .toString())
                .withVariable("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url().toString());
    }

    @Override
    public Map<String, Object> properties(Task task) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("DeployedAt", Instant.now().toString());
        properties.put("ChangelogFile", Changelogs.root(task.format()));
        Target target = task.target();
        if (task.access() == Access.TOKEN) {
            properties.put("IamUsername", target.user());
            properties.put("Host", target.host());
            properties.put("Port", target.port());
            properties.put("DatabaseName", target.database());
        } else {
            properties.put("SecretArn", secrets.put("benchmark", target.secret()));
        }
        if (target.authority().isPresent()) {
            properties.put("SslRootCert", Changelogs.AUTHORITY);
        } else {
            properties.put("SslMode", "disable");
        }
        return properties;
    }
}
