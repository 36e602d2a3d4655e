package io.github.cdkliquibase.infra.endtoend;

import io.github.cdkliquibase.constructs.migration.Protocol;
import io.github.cdkliquibase.infra.SampleApp;
import java.util.List;

/** CloudFormation calls the function itself, which puts its answer into the bucket. */
final class DirectEndToEndIT extends EndToEndContract {

    @Override
    Stage.App app() {
        return (assembly, changelog, authority, clock) ->
                SampleApp.migration(Protocol.DIRECT, assembly, changelog, authority, clock);
    }

    @Override
    List<String> runtimes() {
        return List.of("java21");
    }
}
