package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.scenario.Kind;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import java.nio.file.Path;
import java.util.Map;

/** A function that only connects; the password is in its variables. */
record FloorRecipe(Path artifact, Path runtimeClient) implements FunctionRecipe {

    @Override
    public boolean takes(Scenario scenario) {
        return scenario.kind() == Kind.NO_OP;
    }

    @Override
    public boolean migrates() {
        return false;
    }

    @Override
    public FunctionSettings settings(Task task) {
        return FunctionSettings.of(artifact, ClassFiles.fullName("FloorHandler"), runtimeClient)
                .withVariable("DATABASE_URL", task.target().jdbcUrl())
                .withVariable("DATABASE_USER", task.target().user())
                .withVariable("DATABASE_PASSWORD", task.target().password());
    }

    @Override
    public Map<String, Object> properties(Task task) {
        return Map.of();
    }
}
