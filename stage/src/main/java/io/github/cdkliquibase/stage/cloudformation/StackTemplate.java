package io.github.cdkliquibase.stage.cloudformation;

import java.util.Map;

/**
 * The template of one deploy of a {@link SimulatedStack}.
 *
 * @param properties of the custom resource
 * @param code installs the function's code and its layers, on which the custom resource depends
 * @param laterResourceFails whether the resource that depends on the custom resource fails in this deploy
 */
public record StackTemplate(Map<String, Object> properties, Runnable code, boolean laterResourceFails) {

    public StackTemplate {
        properties = Map.copyOf(properties);
    }
}
