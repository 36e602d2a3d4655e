package io.github.cdkliquibase.localdeploy.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Changelogs of products, as they are published: outcome, schema and history are those of plain Liquibase, and after that
 * neither finds anything to do in the database of the other. Of the rows only the numbers count: some hold a time or a
 * random value.
 */
@Tag("slow")
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
        Pattern name = Pattern.compile(System.getProperty("differential.product", ""));
        return Arrays.stream(Product.values())
                .filter(product -> name.matcher(product.name()).find())
                .map(product -> arguments(product));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("products")
    @Execution(ExecutionMode.CONCURRENT)
    void theFunctionEndsAsPlainLiquibaseDoes(Product product) {
        try (ScratchFolder scratch = ScratchFolder.create("product")) {
            Path folder = scratch.resolve("changelog");
            product.unpack(folder);
            List<Path> jars = product.customChanges(folder, scratch.path());
            try (Stage stage = Stage.behindProvider(settings -> settings.withTimeout(Duration.ofMinutes(3))
                    .withLayerJars(jars)
                    .withVariable("LC_ALL", "C.UTF-8"))) {
                CasePlayer.copy(folder, stage.changelogs());
                compare(product, stage, folder, jars);
            }
        }
    }

    private void compare(Product product, Stage stage, Path folder, List<Path> jars) {
        TargetDatabase ours = database(product);
        Answer first = stage.resource().create(properties(product, stage, ours));
        assertThat(first.succeeded()).as(first.reason()).isTrue();
        DatabaseState state = state(ours);
        assertThat(state.lines(Facet.HISTORY))
                .as("the history's name and what is in it")
                .hasSizeGreaterThan(product.atLeast());

        TargetDatabase theirs = database(product);
        DatabaseState expected = byPlain(product, PlainLiquibase.IN_THE_ZIP, theirs, folder, jars);
        assertThat(expected.differences(state))
                .as(expected.compared("plain", state, "function"))
                .isEmpty();
        nothingToDo(product, stage, theirs, expected);

        for (String version : PlainLiquibase.VERSIONS) {
            TargetDatabase others = database(product);
            DatabaseState other = byPlain(product, version, others, folder, jars);
            // The two versions do not agree on each checksum: then neither does the function with the other one.
            assertThat(other.differences(state)).isEqualTo(other.differences(expected));
            if (other.differences(expected).isEmpty()) {
                nothingToDo(product, stage, others, other);
                DatabaseState after = byPlain(product, version, ours, folder, jars);
                assertThat(after.differences(state))
                        .as(
                                "plain Liquibase %s after the function: %s",
                                version, after.compared("after", state, "before"))
                        .isEmpty();
            }
            databases.drop(others);
        }
        nothingToDo(product, stage, ours, state);
        databases.drop(theirs);
        databases.drop(ours);
    }

    private void nothingToDo(Product product, Stage stage, TargetDatabase database, DatabaseState before) {
        Answer answer = stage.resource().create(properties(product, stage, database));
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(answer.data()).containsEntry("AppliedChangesets", "0");
        assertThat(state(database).differences(before)).isEmpty();
    }

    private static Map<String, Object> properties(Product product, Stage stage, TargetDatabase database) {
        return stage.properties(database, Map.of("ChangelogFile", product.root(), "Parameters", product.parameters()));
    }

    private DatabaseState byPlain(
            Product product, String version, TargetDatabase database, Path folder, List<Path> jars) {
        PlainAnswer answer = Objects.requireNonNull(plains.get(version))
                .update(folder, product.root(), database, product.parameters(), jars);
        assertThat(answer.ok())
                .as("Liquibase %s: %s", version, answer.failure())
                .isTrue();
        return state(database);
    }

    private TargetDatabase database(Product product) {
        TargetDatabase database = databases.create();
        databases.execute(database, product.preparation());
        return database;
    }

    private DatabaseState state(TargetDatabase database) {
        return databases.state(true, database, HistoryTables.DEFAULT).withNumbersOfRows();
    }
}
