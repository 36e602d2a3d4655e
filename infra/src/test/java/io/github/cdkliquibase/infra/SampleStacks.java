package io.github.cdkliquibase.infra;

import io.github.cdkliquibase.constructs.synthesis.Inputs;
import io.github.cdkliquibase.constructs.synthesis.SynthesisedStack;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import software.amazon.awscdk.App;

/** The stacks of the sample app, synthesised with small inputs, each time into a folder of its own. */
final class SampleStacks {

    private SampleStacks() {}

    /** The shop in its default settings, at {@link Inputs#NOW}. */
    static SynthesisedStack shop(Inputs inputs) {
        return shop(inputs, Inputs.NOW);
    }

    static SynthesisedStack shop(Inputs inputs, Instant now) {
        return synthesise(inputs, now, Map.of(), "Shop-development");
    }

    static SynthesisedStack synthesise(Inputs inputs, Instant now, Map<String, Object> context, String stackName) {
        App app = inputs.app(context);
        InfraApp.addStacks(app, Clock.fixed(now, ZoneOffset.UTC));
        app.synth();
        return SynthesisedStack.of(Path.of(app.getOutdir()), stackName);
    }
}
