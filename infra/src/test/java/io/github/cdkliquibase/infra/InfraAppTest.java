package io.github.cdkliquibase.infra;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
    void writeInputs() throws IOException {
        inputs = Inputs.writeTo(folder);
    }

    @Test
    void contextValueThatIsNoPathIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> addStack(Map.of("migrationLambda", List.of("a.zip"))))
                .withMessage("Context value 'migrationLambda' must be a path, got '[a.zip]'");
    }

    @Test
    void absentArchiveIsRefusedWithTheCommandThatBuildsIt() throws IOException {
        Files.delete(inputs.migrationLambda());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> addStack(Map.of(
                        "migrationLambda", inputs.migrationLambda().toString(),
                        "changelog", inputs.changelog().toString())))
                .withMessageContaining("must be a file, got '" + inputs.migrationLambda() + "'")
                .withMessageEndingWith("Build it with 'mvn -q -DskipTests package' at the root of the project");
    }

    @Test
    void folderWithoutTheRootChangelogIsRefused() throws IOException {
        Files.delete(inputs.changelog().resolve("db/changelog/db.changelog-master.yaml"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> addStack(Map.of(
                        "migrationLambda", inputs.migrationLambda().toString(),
                        "changelog", inputs.changelog().toString())))
                .withMessage("Changelog folder '" + inputs.changelog()
                        + "' must hold the root changelog 'db/changelog/db.changelog-master.yaml', which is not there");
    }

    private void addStack(Map<String, Object> context) {
        InfraApp.addStack(inputs.app(context), Clock.systemUTC());
    }
}
