package io.github.cdkliquibase.infra.endtoend;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A function as a template describes it.
 *
 * @param code its zip, or the folder that becomes one
 * @param layers the folders that Lambda would lay over {@code /opt}
 * @param environment its own variables
 */
record FunctionDefinition(
        String name,
        String runtime,
        String handler,
        Path code,
        List<Path> layers,
        Map<String, String> environment,
        Duration timeout,
        int memoryMegabytes) {

    static FunctionDefinition of(Template.Resource function, CloudAssembly assembly, References references) {
        Map<String, String> environment = new TreeMap<>();
        function.property("Environment")
                .path("Variables")
                .propertyStream()
                .forEach(variable ->
                        environment.put(variable.getKey(), references.text(function.template(), variable.getValue())));
        List<Path> layers = function.property("Layers")
                .valueStream()
                .map(layer -> function.template().resource(layer.path("Ref").asText()))
                .map(layer -> assembly.asset(layer.property("Content")))
                .toList();
        return new FunctionDefinition(
                function.name(),
                references.text(function, "Runtime"),
                references.text(function, "Handler"),
                assembly.asset(function.property("Code")),
                layers,
                environment,
                // Where the template says nothing, Lambda's own defaults.
                Duration.ofSeconds(function.property("Timeout").asInt(3)),
                function.property("MemorySize").asInt(128));
    }
}
