package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.scenario.Scenario;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import java.util.Map;

/** Makes a function ready for a task. */
interface FunctionRecipe {

    boolean takes(Scenario scenario);

    boolean migrates();

    /** The zip, the handler and the variables; the memory and the launcher are set by others. */
    FunctionSettings settings(Task task);

    /** The properties of the custom resource. */
    Map<String, Object> properties(Task task);
}
