package io.github.cdkliquibase.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.constructs.synthesis.DependencyGraph;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The templates of the sample app, by stack and by what changes it. */
final class ApprovedTemplatesTest {

    @TempDir
    private static Path folder;

    private static Inputs inputs;

    @BeforeAll
    static void writeInputs() {
        inputs = Inputs.writeTo(folder);
    }

    @ParameterizedTest
    @CsvSource({
        "shop-development, Shop-development, development, provider,",
        "shop-development-direct, Shop-development, development, direct,",
        "shop-production, Shop-production, production, provider,",
        "shop-express-cloudformation, Shop-express, development, provider, cloudformation",
        "shop-express-sdk-calls, Shop-express, development, provider, sdk-calls"
    })
    void templateIsTheApprovedOneAndCloudFormationFindsAnOrderInIt(
            String name, String stack, String stage, String protocol, @Nullable String express) throws IOException {
        Map<String, Object> context = new HashMap<>(Map.of("stage", stage, "protocol", protocol));
        if (express != null) {
            context.put("express", express);
        }

        JsonNode template =
                SampleStacks.synthesise(inputs, Inputs.NOW, context, stack).template();

        ApprovedTemplate.named(name).matches(template);
        assertThat(DependencyGraph.of(template).circle())
                .as("resources that wait for themselves")
                .isEmpty();
    }
}
