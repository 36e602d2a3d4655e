package io.github.cdkliquibase.infra;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Validations;

/** cdk-nag's AwsSolutions rules over every stack: what they find is mended, or acknowledged with a reason. */
final class NagTest {

    @TempDir
    private static Path folder;

    private static Inputs inputs;

    @BeforeAll
    static void writeInputs() {
        inputs = Inputs.writeTo(folder);
    }

    @ParameterizedTest
    @CsvSource({
        "development, provider, sdk-calls",
        "development, direct, cloudformation",
        "production, provider, cloudformation"
    })
    void nothingIsFoundThatIsNotAcknowledged(String stage, String protocol, String express) {
        App app = inputs.app(Map.of("stage", stage, "protocol", protocol, "express", express));
        InfraApp.addStacks(app, Clock.fixed(Inputs.NOW, ZoneOffset.UTC));
        Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

        assertThat(app.synth().getStacks()).hasSize(2);
    }
}
