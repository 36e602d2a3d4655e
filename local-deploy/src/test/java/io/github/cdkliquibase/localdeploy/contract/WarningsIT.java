package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What plain Liquibase passes over in silence is told in the log, and counted in the summary. */
final class WarningsIT extends WarmFunction {

    private static final String HEADER = "--liquibase formatted sql\n";
    private static final String ALL = "databaseChangeLog:\n  - includeAll: { path: db/all }\n";

    WarningsIT() {
        super(Duration.ofMinutes(1));
    }

    /** The warnings of one deploy, which succeeds. */
    private List<JsonNode> warnings(Map<String, ?> properties) {
        Answer answer = deploy(properties);
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        List<JsonNode> lines = stage.newLogLines();
        List<JsonNode> warnings = new ArrayList<>(lines);
        warnings.removeIf(line -> !line.path("level").asText().equals("WARN")
                || line.path("event").asText().equals("tls.weak"));
        assertThat(lines)
                .filteredOn(line -> line.path("event").asText().equals("summary"))
                .singleElement()
                .satisfies(line -> assertThat(line.path("warnings").asInt()).isEqualTo(warnings.size()));
        return warnings;
    }

    private static void assertSingle(List<JsonNode> warnings, String event, String... parts) {
        assertThat(warnings).singleElement().satisfies(line -> {
            assertThat(line.path("event").asText()).isEqualTo(event);
            assertThat(line.path("message").asText()).contains(parts);
        });
    }

    @Test
    void aParameterWithoutAValueIsNamedWithItsChangeset() {
        stage.sql("--changeset ann:1\ncreate table t (c text default '${owner}', d text default '${owner}');\n");

        assertSingle(
                warnings(Map.of()),
                "parameter.undefined",
                "Parameter 'owner' has no value",
                "'db/changelog/changes.sql::1::ann'");
        assertThat(warnings(Map.of())).as("once the changeset has run").isEmpty();
    }

    @Test
    void aParameterWithoutAValueIsRefusedWhereThatIsAskedFor() {
        stage.sql(
                "--changeset ann:1\ncreate table t (id int);\n--changeset ann:2\ncomment on table t is '${owner}';\n");

        Answer answer = deploy(Map.of("UndefinedParameters", "REFUSE"));

        assertThat(answer.reason())
                .satisfies(approved(
                        "parameters/undefinedRefused",
                        Map.of("parameter", "owner", "changeset", "db/changelog/changes.sql::2::ann")));
        assertThat(Stage.query(database, "select to_regclass('t')")).isNull();
    }

    @Test
    void parametersWithAValueAndDollarQuotesAreNoWarning() {
        stage.sql("""
                --changeset ann:1 splitStatements:false
                do $body$ begin perform '${known}'; end $body$;
                --changeset ann:2
                create table t (price text default '$5', brace text default '{x}');
                --rollback drop table ${unknown};
                """);

        assertThat(warnings(Map.of("Parameters", Map.of("known", "x")))).isEmpty();
    }

    @Test
    void aFileWithoutTheHeaderIsNamed() {
        stage.file(Stage.MASTER, ALL)
                .file("db/all/a.sql", HEADER + "--changeset ann:1\ncreate table a (id int);\n")
                .file("db/all/b.sql", "--changeset ann:2\ncreate table b (id int);\n");

        assertSingle(warnings(Map.of()), "changelog.no-header", "'db/all/b.sql'", "--liquibase formatted sql");
    }

    @Test
    void aScriptThatIsOneChangesetOnPurposeIsNoWarning() {
        stage.file(Stage.MASTER, ALL)
                .file("db/all/a.sql", "-- makes a table: the first one\ncreate table a (id int);\n");

        assertThat(warnings(Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--changset ann:2", "-- changesset ann:2", "--chagneset ann:2 runOnChange:true"})
    void aMisspeltChangesetIsNamed(String header) {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n" + header + "\ncreate table b (id int);\n");

        assertSingle(warnings(Map.of()), "changelog.misspelt", "'db/changelog/changes.sql'", header);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-- changes to ann:2",
                "--comment ann:2",
                "-- the changeset ann:1 above",
                "--rollback drop table a",
                "--preconditions onFail:HALT onError:HALT"
            })
    void otherCommentsAreNoWarning(String comment) {
        stage.sql("--changeset ann:1\n" + comment + "\ncreate table a (id int);\n");

        assertThat(warnings(Map.of())).isEmpty();
    }

    @Test
    void aFormattedFileWithoutAChangesetIsNamed() {
        stage.file(Stage.MASTER, ALL)
                .file("db/all/a.sql", HEADER + "--changeset ann:1\ncreate table a (id int);\n")
                .file("db/all/b.sql", HEADER + "create table b (id int);\n");

        assertSingle(warnings(Map.of()), "changelog.empty", "File 'db/all/b.sql' has no changeset");
    }

    @Test
    void aRootWithoutAChangesetIsNamed() {
        stage.file(Stage.MASTER, "databaseChangeLog: []\n");

        assertSingle(warnings(Map.of()), "changelog.empty", "The changelog has no changeset");
    }

    @Test
    void theFileOfAChangeIsNoChangelog() {
        stage.file(
                        Stage.MASTER,
                        "databaseChangeLog:\n  - changeSet: { id: 1, author: ann, changes: [ sqlFile: { path: db/one.sql } ] }\n")
                .file("db/one.sql", "create table one (id int);\n");

        assertThat(warnings(Map.of())).isEmpty();
        assertThat(warnings(Map.of())).isEmpty();
    }

    @Test
    void aParameterInTheFileOfAChangeIsSeenBeforeItRuns() {
        stage.file(
                        Stage.MASTER,
                        "databaseChangeLog:\n  - changeSet: { id: 1, author: ann, changes: [ sqlFile: { path: db/one.sql } ] }\n")
                .file("db/one.sql", "create table one (name text); insert into one values ('${place}');\n");

        assertThat(stage.resource()
                        .create(stage.properties(database, Map.of("UndefinedParameters", "REFUSE")))
                        .reason())
                .satisfies(approved(
                        "parameters/undefinedRefused",
                        Map.of("parameter", "place", "changeset", "db/changelog/db.changelog-master.yaml::1::ann")));
        stage.newLogLines();
        assertThat(warnings(Map.of())).isNotEmpty();
    }

    @Test
    void aHistoryThatIsAheadOfTheFolderIsCounted() {
        StringBuilder changesets = new StringBuilder();
        for (int i = 1; i <= 6; i++) {
            changesets.append("--changeset ann:%d\ncreate table t%d (id int);\n".formatted(i, i));
        }
        stage.sql(changesets.toString());
        assertThat(warnings(Map.of())).isEmpty();
        stage.sql("--changeset ann:1\ncreate table t1 (id int);\n");

        assertSingle(
                warnings(Map.of()),
                "history.ahead",
                "The history has 5 changesets that the changelog does not have",
                "'db/changelog/changes.sql::6::ann', 'db/changelog/changes.sql::5::ann', 'db/changelog/changes.sql::4::ann' and 2 more");
    }

    @Test
    void noticesThatAChangesetAsksForAreNotShown() {
        stage.sql("""
                --changeset ann:1 splitStatements:false
                set client_min_messages = 'notice';
                do $$ begin raise notice 'row of %', 'a customer'; raise warning 'and of %', 'a customer'; end $$;
                --changeset ann:2
                create table seen as select current_setting('client_min_messages') as setting;
                """);

        assertThat(warnings(Map.of())).isEmpty();
        assertThat(Stage.query(database, "select setting from seen")).isEqualTo("notice");
        assertThat(stage.function.output()).noneMatch(line -> line.contains("a customer"));
    }

    @Test
    void noticesAreShownWhereThatIsAskedFor() {
        stage.sql("--changeset ann:1 splitStatements:false\ndo $$ begin raise notice 'batch 7 of 9'; end $$;\n");

        assertThat(deploy(Map.of("ServerMessages", "LOG")).succeeded()).isTrue();
        assertThat(stage.newLogLines())
                .filteredOn(line -> line.path("message").asText().equals("batch 7 of 9"))
                .hasSize(1);
    }

    @Test
    void aContextThatLeavesOutAChangesetDoesNotMakeTheHistoryAhead() {
        stage.sql("--changeset ann:1 context:test\ncreate table t (id int);\n");
        CustomResource resource = stage.resource();
        resource.create(stage.properties(database, Map.of("Contexts", "test")));
        stage.newLogLines();

        assertThat(warnings(Map.of("Contexts", "production"))).isEmpty();
    }
}
