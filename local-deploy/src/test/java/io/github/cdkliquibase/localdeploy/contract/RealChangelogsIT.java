package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changelogs that other people wrote and published, as they are in their jars. */
@Tag("slow")
final class RealChangelogsIT {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "org/camunda/bpm/engine/db/liquibase/camunda-changelog.xml, 18, 18, 52",
        // One of Gravitee's changesets has a precondition that marks it as run on a new database.
        "liquibase/master.yml, 48, 49, 81",
    })
    void theFirstRunAppliesAllAndTheSecondNone(String changelog, int applied, int total, int tables) throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.start();
                Stage stage = Stage.behindProvider()) {
            URL root = Objects.requireNonNull(
                    RealChangelogsIT.class.getClassLoader().getResource(changelog));
            String jar =
                    root.getPath().substring("file:".length(), root.getPath().indexOf('!'));
            ScratchFolder.unzip(Path.of(jar), stage.changelogs());
            Map<String, Object> properties = stage.properties(server, Map.of("ChangelogFile", changelog));
            CustomResource resource = stage.resource();

            Answer first = resource.create(properties);
            Answer second = resource.update(properties);

            assertThat(first.succeeded()).as(first.reason()).isTrue();
            assertThat(first.data())
                    .containsEntry("AppliedChangesets", String.valueOf(applied))
                    .containsEntry("TotalChangesets", String.valueOf(total));
            assertThat(second.succeeded()).as(second.reason()).isTrue();
            assertThat(second.data())
                    .containsEntry("AppliedChangesets", "0")
                    .containsEntry("TotalChangesets", String.valueOf(total));
            assertThat(server.tables()).as("tables, both histories included").hasSize(tables);
            stage.nothingLeaked();
        }
    }
}
