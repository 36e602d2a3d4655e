package io.github.cdkliquibase.localdeploy;

import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.database.ExistingDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a person asked for, checked. */
record Deployment(
        Path changelog,
        Optional<String> changelogFile,
        List<RequestType> events,
        Protocol protocol,
        Optional<String> contexts,
        Optional<String> labelFilter,
        Optional<String> schema,
        Map<String, String> parameters,
        Duration timeout,
        int memory,
        Path artifact,
        Path lambdaRuntime,
        Optional<ExistingDatabase> existingDatabase) {

    Deployment {
        events = List.copyOf(events);
        parameters = Map.copyOf(parameters);
        boolean inOrder = !events.isEmpty()
                && events.get(0) == RequestType.CREATE
                && events.lastIndexOf(RequestType.CREATE) == 0
                && events.stream().limit(events.size() - 1L).noneMatch(RequestType.DELETE::equals);
        if (!inOrder) {
            throw new IllegalArgumentException(
                    "Option '--events' must be 'Create', then any number of 'Update', then perhaps 'Delete', got '%s'"
                            .formatted(String.join(
                                    ",", events.stream().map(RequestType::word).toList())));
        }
        // Refuses a missing zip, a timeout and a memory size that Lambda does not have, before anything is started.
        function(artifact, protocol, lambdaRuntime, timeout, memory);
    }

    FunctionSettings function() {
        return function(artifact, protocol, lambdaRuntime, timeout, memory);
    }

    private static FunctionSettings function(
            Path artifact, Protocol protocol, Path lambdaRuntime, Duration timeout, int memory) {
        return FunctionSettings.of(artifact, protocol.handler(), lambdaRuntime)
                .withTimeout(timeout)
                .withMemory(memory);
    }
}
