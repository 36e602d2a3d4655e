package io.github.cdkliquibase.infra;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.cdkliquibase.constructs.synthesis.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InfraAppTest {

    @TempDir
    private Path folder;

    private Inputs inputs;

    @BeforeEach
    void writeInputs() {
        inputs = Inputs.writeTo(folder);
    }

    @Test
    void contextValueThatIsNoTextIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> addStacks(Map.of("application", List.of("a.zip"))))
                .withMessage("Context value 'application' must be a text, got '[a.zip]'");
    }

    @Test
    void unknownStageIsRefusedWithThoseThatThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> addStacks(Map.of("stage", "test")))
                .withMessage("Stage must be one of 'development', 'production', got 'test'");
    }

    @Test
    void unknownWordIsRefusedWithThoseThatThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> addStacks(Map.of("express", "yes")))
                .withMessage("Context value 'express' must be one of 'cloudformation', 'sdk-calls', got 'yes'");
    }

    @Test
    void absentApplicationIsRefusedWithTheCommandThatBuildsIt() throws IOException {
        Files.delete(inputs.application());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> addStacks(Map.of()))
                .withMessage("The application's zip '" + inputs.application()
                        + "' does not exist. Build it with 'mvn -q -DskipTests package' at the root of the project");
    }

    @Test
    void absentArchiveIsRefusedByItsPath() throws IOException {
        Files.delete(inputs.migrationLambda());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> addStacks(Map.of()))
                .withMessage("'functionArchive' must be a zip file, got '" + inputs.migrationLambda() + "'");
    }

    @Test
    void folderWithoutTheRootChangelogIsRefused() throws IOException {
        Files.delete(inputs.changelog().resolve("db/changelog/db.changelog-master.yaml"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> addStacks(Map.of()))
                .withMessageStartingWith("Changelog folder '" + inputs.changelog()
                        + "' has no file 'db/changelog/db.changelog-master.yaml' to begin with. ");
    }

    private void addStacks(Map<String, Object> context) {
        InfraApp.addStacks(inputs.app(context), Clock.systemUTC());
    }
}
