package io.github.cdkliquibase.infra.endtoend;

import io.github.cdkliquibase.infra.SampleApp;
import java.util.List;

/** Behind CDK's Provider: the code that it puts into the assembly runs in Node, with the AWS SDK. */
final class ProviderEndToEndIT extends EndToEndContract {

    @Override
    Stage.App app() {
        return SampleApp::behindProvider;
    }

    @Override
    List<String> runtimes() {
        return List.of("nodejs24.x", "java21");
    }
}
