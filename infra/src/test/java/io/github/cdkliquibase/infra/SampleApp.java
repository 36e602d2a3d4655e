package io.github.cdkliquibase.infra;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/** The app that the end-to-end test deploys, with the zip that the build has made. */
public final class SampleApp {

    private SampleApp() {}

    /**
     * Synthesises the app with CDK's Provider in front of the function.
     *
     * @param assembly where to; what an earlier synth has left there may stay
     * @param changelog the folder of the changelog
     * @param clock gives the time of the deploy
     */
    public static void behindProvider(Path assembly, Path changelog, Clock clock) {
        App app = new App(AppProps.builder()
                .outdir(assembly.toString())
                .context(Map.of(
                        "migrationLambda", System.getProperty("localdeploy.artifact"),
                        "changelog", changelog.toString()))
                .build());
        InfraApp.addStack(app, clock);
        app.synth();
    }
}
