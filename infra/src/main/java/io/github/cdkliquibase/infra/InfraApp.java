package io.github.cdkliquibase.infra;

import java.time.Clock;
import software.amazon.awscdk.App;

/** The sample app; see {@link SampleSettings} for the context values that it takes. */
final class InfraApp {

    private InfraApp() {}

    public static void main(String[] args) {
        App app = new App();
        addStacks(app, Clock.systemUTC());
        app.synth();
    }

    static void addStacks(App app, Clock clock) {
        SampleSettings settings = SampleSettings.from(app.getNode(), clock);
        new ShopStack(app, "Shop-" + settings.stage().word(), settings);
        settings.provisioning()
                .ifPresent(provisioning -> new ExpressStack(app, "Shop-express", provisioning, settings));
    }
}
