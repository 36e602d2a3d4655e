package io.github.cdkliquibase.localdeploy.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Plain Liquibase and the function take turns on one database, and neither finds anything to do after the other. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BothWaysIT {

    private static final int TURNS = 3;

    /** The versions of Liquibase themselves do not agree on this name in the history. */
    private static final String NAMED_OTHERWISE = "a logical path of the class path in SQL";

    private static final String ONE = "--liquibase formatted sql\n--changeset ann:1\ncreate table one (id int);\n";
    private static final String TWO = """
            --liquibase formatted sql
            --changeset ann:2 runInTransaction:false context:!never labels:all
            --comment an index
            create table two (id int);
            create index concurrently two_id on two (id);
            """;

    private CasePlayer player;

    @BeforeAll
    void start() {
        player = new CasePlayer();
    }

    @AfterAll
    void stop() {
        player.close();
    }

    /** Files of a changelog. */
    record Changelog(String name, String root, Map<String, String> files) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Changelog changelog(String name, String root, String... namesAndTexts) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            files.put(namesAndTexts[i], namesAndTexts[i + 1]);
        }
        return new Changelog(name, root, files);
    }

    private static String xml(String content) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                  xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
                %s
                </databaseChangeLog>
                """.formatted(content);
    }

    private static Stream<Changelog> changelogs() {
        return Stream.of(
                changelog("SQL as root", "db/root.sql", "db/root.sql", ONE + TWO.substring(TWO.indexOf("--changeset"))),
                changelog(
                        "YAML that includes",
                        "db/root.yaml",
                        "db/root.yaml",
                        """
                        databaseChangeLog:
                          - include: { file: parts/one.sql, relativeToChangelogFile: true }
                          - include: { file: db/parts/two.sql }
                        """,
                        "db/parts/one.sql",
                        ONE,
                        "db/parts/two.sql",
                        TWO),
                changelog(
                        "XML with changes of many kinds",
                        "db/root.xml",
                        "db/root.xml",
                        xml("""
                                <property name="type" value="varchar(20)"/>
                                <changeSet id="1" author="ann"><comment>the first</comment>
                                  <createTable tableName="account">
                                    <column name="id" type="int" autoIncrement="true"><constraints primaryKey="true"/></column>
                                    <column name="name" type="${type}" defaultValue="x"/>
                                  </createTable>
                                                                  </changeSet>
                                <changeSet id="2" author="bob" context="!never" labels="rows,all">
                                  <insert tableName="account"><column name="name" value="&lt;y&gt;"/></insert>
                                  <loadData tableName="account" file="rows.csv" relativeToChangelogFile="true"/>
                                  <sqlFile path="more.sql" relativeToChangelogFile="true"/>
                                </changeSet>
                                <changeSet id="tag" author="ann"><tagDatabase tag="begun"/></changeSet>
                                <changeSet id="3" author="ann" dbms="oracle"><sql>select 1 from dual</sql></changeSet>
                                <changeSet id="4" author="ann">
                                  <preConditions onFail="MARK_RAN"><tableExists tableName="nowhere"/></preConditions>
                                  <dropTable tableName="nowhere"/>
                                </changeSet>
                                """),
                        "db/rows.csv",
                        "name\nz\n",
                        "db/more.sql",
                        "update account set name = 'w' where id = 1;\n"),
                changelog(
                        "includeAll in its order",
                        "db/root.yaml",
                        "db/root.yaml",
                        "databaseChangeLog:\n  - includeAll: { path: all, relativeToChangelogFile: true }\n",
                        "db/all/10-b.sql",
                        TWO,
                        "db/all/2-a.sql",
                        ONE,
                        "db/all/Z/inner.yaml",
                        "databaseChangeLog:\n  - changeSet: { id: 9, author: ann, changes: [ { sql: { sql: \"create table nine (id int)\" } } ] }\n"),
                changelog(
                        "includeAll from the root",
                        "root.xml",
                        "root.xml",
                        xml("<includeAll path=\"db/all/\"/>"),
                        "db/all/1.sql",
                        ONE,
                        "db/all/2.sql",
                        TWO),
                changelog("logical paths", "db/root.yaml", "db/root.yaml", """
                        databaseChangeLog:
                          - logicalFilePath: the/one/path.yaml
                          - changeSet: { id: 1, author: ann, changes: [ { sql: { sql: "create table one (id int)" } } ] }
                          - changeSet: { id: 2, author: ann, logicalFilePath: another.yaml, changes: [ { sql: { sql: "create table two (id int)" } } ] }
                        """),
                changelog(
                        NAMED_OTHERWISE,
                        "db/root.sql",
                        "db/root.sql",
                        "--liquibase formatted sql logicalFilePath:classpath:/db/third.sql\n--changeset ann:3\ncreate table three (id int);\n"),
                changelog(
                        "a logical path of the class path",
                        "db/root.yaml",
                        "db/root.yaml",
                        """
                        databaseChangeLog:
                          - logicalFilePath: classpath:db/root.yaml
                          - include: { file: "./db/one.sql" }
                          - include: { file: "/db/two.sql" }
                          - changeSet: { id: 3, author: ann, changes: [ { sql: { sql: "create table three (id int)" } } ] }
                        """,
                        "db/one.sql",
                        ONE,
                        "db/two.sql",
                        TWO),
                changelog("JSON", "db/root.json", "db/root.json", """
                        {"databaseChangeLog": [
                          {"changeSet": {"id": "1", "author": "ann", "changes": [
                            {"createTable": {"tableName": "one", "columns": [{"column": {"name": "id", "type": "bigint"}}]}}]}},
                          {"include": {"file": "./two.sql", "relativeToChangelogFile": true}}]}
                        """, "db/two.sql", TWO));
    }

    static Stream<Arguments> byVersion() {
        return PlainLiquibase.VERSIONS.stream()
                .flatMap(version -> changelogs()
                        .filter(changelog ->
                                !changelog.name().equals(NAMED_OTHERWISE) || version.equals(PlainLiquibase.IN_THE_ZIP))
                        .map(changelog -> arguments(changelog, version)));
    }

    @ParameterizedTest(name = "{0} with Liquibase {1}")
    @MethodSource("byVersion")
    void neitherFindsAnythingToDoAfterTheOther(Changelog changelog, String version) {
        for (boolean functionFirst : new boolean[] {false, true}) {
            try (Turns turns = new Turns(version)) {
                turns.write(changelog.files());
                turns.take(functionFirst, changelog.root());
                DatabaseState first = turns.state();
                for (int turn = 1; turn <= TURNS; turn++) {
                    turns.take((turn % 2 == 0) == functionFirst, changelog.root());
                    DatabaseState now = turns.state();
                    assertThat(first.differences(now))
                            .as("turn %d, %s", turn, first.compared("first", now, "now"))
                            .isEmpty();
                }
            }
        }
    }

    private static String edition(int edition) {
        return """
                --liquibase formatted sql
                --changeset ann:1
                create table runs (what text);
                --changeset ann:2 runAlways:true
                insert into runs values ('always');
                --changeset ann:3 runOnChange:true
                insert into runs values ('edition %d');
                --changeset ann:4 runOnChange:true runInTransaction:false
                insert into runs values ('outside %d');
                """.formatted(edition, edition);
    }

    static Stream<String> versions() {
        return PlainLiquibase.VERSIONS.stream();
    }

    @ParameterizedTest(name = "with Liquibase {0}")
    @MethodSource("versions")
    void whatRunsAgainRunsOnceForEachReason(String version) {
        try (Turns turns = new Turns(version)) {
            for (int turn = 0; turn < 8; turn++) {
                // Each edition is deployed by the one and then by the other, and each is the first to see two of them.
                int edition = turn / 2;
                turns.write(Map.of("db/root.sql", edition(edition)));
                turns.take((turn + edition) % 2 == 0, "db/root.sql");
                assertThat(turns.rows("(always)")).isEqualTo(turn + 1);
                for (int each = 0; each <= edition; each++) {
                    assertThat(turns.rows("(\"edition " + each + "\")"))
                            .as("edition %d in turn %d", each, turn)
                            .isEqualTo(1);
                    assertThat(turns.rows("(\"outside " + each + "\")"))
                            .as("edition %d in turn %d", each, turn)
                            .isEqualTo(1);
                }
                assertThat(turns.state().lines(Facet.ORDER)).isEmpty();
                assertThat(turns.state().lines(Facet.HISTORY)).hasSize(5);
            }
        }
    }

    /** One database and those who deploy to it. */
    private final class Turns implements AutoCloseable {

        private final TargetDatabase database = player.databases().create();
        private final ScratchFolder folder = ScratchFolder.create("turns");
        private final CustomResource resource = player.stage().resource();
        private final String version;

        Turns(String version) {
            this.version = version;
        }

        void write(Map<String, String> files) {
            files.forEach((name, text) -> {
                try {
                    Path file = folder.resolve("changelog").resolve(name);
                    Files.createDirectories(file.resolveSibling("."));
                    Files.writeString(file, text);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        void take(boolean byFunction, String root) {
            Path changelog = folder.resolve("changelog");
            if (byFunction) {
                Stage stage = player.stage();
                stage.empty();
                CasePlayer.copy(changelog, stage.changelogs());
                Map<String, Object> properties = stage.properties(database, Map.of("ChangelogFile", root));
                Answer answer = resource.physicalResourceId().isPresent()
                        ? resource.update(properties)
                        : resource.create(properties);
                assertThat(answer.succeeded()).as(answer.reason()).isTrue();
            } else {
                PlainAnswer answer = player.plain(version).update(changelog, root, database);
                assertThat(answer.ok()).as(answer.failure()).isTrue();
            }
        }

        DatabaseState state() {
            return player.databases().state(true, database, HistoryTables.DEFAULT);
        }

        long rows(String row) {
            return state().lines(Facet.ROWS).stream()
                    .filter(("public.runs: " + row)::equals)
                    .count();
        }

        @Override
        public void close() {
            player.databases().drop(database);
            folder.close();
        }
    }
}
