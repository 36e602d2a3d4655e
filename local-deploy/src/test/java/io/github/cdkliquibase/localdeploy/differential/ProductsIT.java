package io.github.cdkliquibase.localdeploy.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.cdkliquibase.localdeploy.cloudformation.Answer;
import io.github.cdkliquibase.localdeploy.cloudformation.CustomResource;
import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.localdeploy.database.TargetDatabase;
import io.github.cdkliquibase.localdeploy.scratch.ScratchFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Changelogs of products, as they are published: outcome, schema and history are those of plain Liquibase, and after that
 * neither finds anything to do in the database of the other. Of the rows only the numbers count: some hold a time or a
 * random value.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProductsIT {

    private final Map<String, PlainLiquibase> plains = new HashMap<>();
    private Databases databases;

    @BeforeAll
    void start() {
        databases = Databases.start();
        PlainLiquibase.VERSIONS.forEach(version -> plains.put(version, PlainLiquibase.start(version)));
    }

    @AfterAll
    void stop() {
        plains.values().forEach(PlainLiquibase::close);
        databases.close();
    }

    static Stream<Arguments> products() {
        String part = System.getProperty("differential.product", "");
        return Arrays.stream(Product.values())
                .filter(product -> product.name().contains(part))
                .map(product -> arguments(product));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    void theFunctionEndsAsPlainLiquibaseDoes(Product product) {
        try (ScratchFolder scratch = ScratchFolder.create("product")) {
            Path folder = scratch.resolve("changelog");
            product.unpack(folder);
            List<Path> jars = product.customChanges(folder, scratch.path());
            try (Stage stage = Stage.behindProvider(settings -> settings.withTimeout(Duration.ofMinutes(3))
                    .withLayerJars(jars)
                    .withVariable("LANG", "en_US.UTF-8"))) {
                CasePlayer.copy(folder, stage.changelogs());
                TargetDatabase ours = database(product);
                CustomResource resource = stage.resource();
                Map<String, Object> properties = stage.properties(ours, Map.of("ChangelogFile", product.root()));
                Answer first = resource.create(properties);
                DatabaseState state = state(first.succeeded(), ours);
                assertThat(state.lines(Facet.HISTORY).size() - 1)
                        .as("changesets in the history; the function said: %s", first.reason())
                        .isGreaterThanOrEqualTo(product.atLeast());

                plains.forEach((version, plain) -> {
                    TargetDatabase theirs = database(product);
                    PlainAnswer answer = plain.update(folder, product.root(), theirs, jars);
                    DatabaseState expected = state(answer.ok(), theirs);
                    assertThat(expected.differences(state))
                            .as(
                                    "Liquibase %s%nplain said: %s%nfunction said: %s%n%s",
                                    version,
                                    answer.failure(),
                                    first.reason(),
                                    expected.compared("plain", state, "function"))
                            .isEmpty();

                    PlainAnswer again = plain.update(folder, product.root(), ours, jars);
                    Answer onTheirs =
                            stage.resource().create(stage.properties(theirs, Map.of("ChangelogFile", product.root())));
                    assertThat(onTheirs.succeeded()).as(onTheirs.reason()).isTrue();
                    assertThat(state(again.ok(), ours).differences(state))
                            .as("plain Liquibase %s after the function: %s", version, again.failure())
                            .isEmpty();
                    assertThat(state(true, theirs).differences(expected))
                            .as("the function after plain Liquibase %s", version)
                            .isEmpty();
                    databases.drop(theirs);
                });
                Answer second = resource.update(properties);
                assertThat(second.succeeded()).as(second.reason()).isTrue();
                assertThat(second.data()).containsEntry("AppliedChangesets", "0");
                databases.drop(ours);
            }
        }
    }

    private TargetDatabase database(Product product) {
        TargetDatabase database = databases.create();
        databases.execute(database, product.preparation());
        return database;
    }

    private DatabaseState state(boolean succeeded, TargetDatabase database) {
        return databases.state(succeeded, database, HistoryTables.DEFAULT).withNumbersOfRows();
    }
}
