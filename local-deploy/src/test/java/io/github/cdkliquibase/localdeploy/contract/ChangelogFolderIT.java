package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a changelog refers to lies in the changelog folder; and whatever lies there may be referred to. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ChangelogFolderIT {

    private static final String ROW = "a-row-from-outside";
    private static final String XML = """
            <?xml version="1.0" encoding="UTF-8"?>
            %s
            <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
                xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog %s">
              <changeSet id="1" author="ann"><sql>create table t (id int); %s</sql></changeSet>
            </databaseChangeLog>
            """;
    private static final String XSD = "http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd";

    private EmbeddedDatabase server;
    private Stage stage;
    private ScratchFolder outside;
    private EmbeddedDatabase database;

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start();
        // Liquibase's own switch for what an XML changelog may have read.
        stage = Stage.behindProvider(settings -> settings.withVariable("LIQUIBASE_SECURE_PARSING", "false"));
        stage.canary(ROW);
    }

    @AfterAll
    void stop() {
        stage.close();
        server.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        database = server.another();
        stage.empty();
        outside = ScratchFolder.create("out");
        fill(outside.path());
    }

    @AfterEach
    void nothingLeaks() {
        stage.nothingLeaked();
        outside.close();
        database.close();
    }

    // Files that would do something, each in the way of its kind, if they were read.
    private static void fill(Path folder) throws IOException {
        Files.writeString(
                folder.resolve("x.sql"), "--liquibase formatted sql\n--changeset eve:1\ncreate table x ();\n");
        Files.writeString(folder.resolve("x.txt"), "create table x ()");
        Files.writeString(folder.resolve("p.txt"), "create procedure x() language sql as $$ select 1 $$");
        Files.writeString(folder.resolve("v.txt"), "select 1 as x");
        Files.writeString(folder.resolve("x.csv"), "c\n" + ROW + "\n");
        Files.writeString(folder.resolve("x.properties"), "name=" + ROW + "\n");
        Files.writeString(folder.resolve("x.ent"), "create table x ();");
        Files.writeString(folder.resolve("x.xsd"), """
                <schema xmlns="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
                    targetNamespace="http://www.liquibase.org/xml/ns/dbchangelog">
                  <element name="databaseChangeLog" type="anyType"/>
                </schema>
                """);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "include              | include: { file: UP/x.sql }",
                "include, relative    | include: { file: ../../UP/x.sql, relativeToChangelogFile: true }",
                "include, optional    | include: { file: UP/x.sql, errorIfMissing: false }",
                "include, backslashes | include: { file: '..\\NAME\\x.sql' }",
                "includeAll           | includeAll: { path: UP }",
                "includeAll, relative | includeAll: { path: ../../UP, relativeToChangelogFile: true }",
                "includeAll, optional | includeAll: { path: UP, errorIfMissingOrEmpty: false }",
                "property             | property: { file: UP/x.properties }",
                "sqlFile              | changeSet: { id: 1, author: ann, changes: [ sqlFile: { path: UP/x.txt } ] }",
                "sqlFile, relative    | changeSet: { id: 1, author: ann, changes: [ sqlFile: { path: ../../UP/x.txt, relativeToChangelogFile: true } ] }",
                "createProcedure      | changeSet: { id: 1, author: ann, changes: [ createProcedure: { path: UP/p.txt } ] }",
                "createView           | changeSet: { id: 1, author: ann, changes: [ createView: { viewName: x, path: UP/v.txt } ] }",
                "createView, relative | changeSet: { id: 1, author: ann, changes: [ createView: { viewName: x, path: ../../UP/v.txt, relativeToChangelogFile: true } ] }",
                "loadData             | changeSet: { id: 1, author: ann, changes: [ sql: { sql: create table t (c text) }, loadData: { tableName: t, file: UP/x.csv } ] }",
                "loadData, relative   | changeSet: { id: 1, author: ann, changes: [ sql: { sql: create table t (c text) }, loadData: { tableName: t, file: ../../UP/x.csv, relativeToChangelogFile: true } ] }",
                "loadUpdateData       | changeSet: { id: 1, author: ann, changes: [ sql: { sql: create table t (c text) }, loadUpdateData: { tableName: t, primaryKey: c, file: UP/x.csv } ] }",
            })
    void aPathThatLeadsOutIsRefusedAsItIsWritten(String kind, String entry) throws Exception {
        String written = placed(entry);
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - " + written + "\n");

        assertRefused(
                written.replaceAll(".*\\b(?:file|path): '?([^ ,']+).*", "$1").replace('\\', '/'));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "include         | link.sql   | include: { file: db/changelog/link.sql }",
                "include, folder | link       | include: { file: db/changelog/link/x.sql }",
                "includeAll      | link       | includeAll: { path: db/changelog/link }",
                "includeAll, one | more/l.sql | includeAll: { path: db/changelog/more }",
                "sqlFile         | link.txt   | changeSet: { id: 1, author: ann, changes: [ sqlFile: { path: db/changelog/link.txt } ] }",
                "loadData        | link.csv   | changeSet: { id: 1, author: ann, changes: [ sql: { sql: create table t (c text) }, loadData: { tableName: t, file: db/changelog/link.csv } ] }",
            })
    void aLinkThatLeadsOutIsRefused(String kind, String link, String entry) throws Exception {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - " + entry + "\n");
        Path place = stage.changelogs().resolve("db/changelog").resolve(link);
        Files.createDirectories(place.resolveSibling("."));
        String extension = link.replaceFirst("[^.]*", "");
        Files.createSymbolicLink(place, outside.resolve(extension.isEmpty() ? "." : "x" + extension));

        assertRefused("db/changelog/" + link);
    }

    // Lambda names a locale that its image does not have, and so does the process of the tests.
    @Test
    void aFileNameBeyondAsciiIsFoundWhateverTheLocale() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - includeAll: { path: länder/, relativeToChangelogFile: true }
                  - include: { file: "db/changelog/räume/größe 1.sql" }
                """)
                .file(
                        "db/changelog/länder/1-österreich.sql",
                        "--liquibase formatted sql\n--changeset ann:1\nselect 1;\n")
                .file("db/changelog/räume/größe 1.sql", "--liquibase formatted sql\n--changeset ann:2\nselect 2;\n");

        Answer answer = stage.resource().create(stage.properties(database, Map.of()));

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(Stage.query(database, "select string_agg(filename, ', ' order by id) from databasechangelog"))
                .isEqualTo("db/changelog/länder/1-österreich.sql, db/changelog/räume/größe 1.sql");
    }

    // Liquibase itself makes a path of the JVM's here, which knows the letters of its locale only.
    @Test
    void aRelativePathBeyondAsciiNeedsALocaleAndTheReasonSaysWhich() {
        String root = "databaseChangeLog:\n  - include: { file: räume/größe.sql, relativeToChangelogFile: true }\n";
        String file = "--liquibase formatted sql\n--changeset ann:1\nselect 1;\n";
        stage.file(Stage.MASTER, root).file("db/changelog/räume/größe.sql", file);

        assertThat(stage.resource().create(stage.properties(database, Map.of())).reason())
                .satisfies(approved("changelog/fileNameBeyondTheLocale"));

        try (Stage german = Stage.behindProvider(settings -> settings.withVariable("LC_ALL", "C.UTF-8"))) {
            german.file(Stage.MASTER, root).file("db/changelog/räume/größe.sql", file);

            Answer answer = german.resource().create(german.properties(database, Map.of()));

            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classpath:db/parts/x.sql", "classpath:/db/parts/x.sql", "classpath*:db/parts/x.sql"})
    void aPathOfTheClassPathIsOneOfTheFolder(String path) {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: '" + path + "' }\n")
                .file("db/parts/x.sql", "--liquibase formatted sql\n--changeset ann:1\nselect 1;\n");

        Answer answer = stage.resource().create(stage.properties(database, Map.of()));

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(answer.data()).containsEntry("AppliedChangesets", "1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:ABSOLUTE/x.sql",
                "file://ABSOLUTE/x.sql",
                "jar:file:ABSOLUTE/x.jar!/x.sql",
                "http://127.0.0.1:PORT/x.sql",
                "https://127.0.0.1:PORT/x.sql"
            })
    void aUrlIsRefused(String url) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String written = placed(url).replace("PORT", String.valueOf(listener.getLocalPort()));
            stage.file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: '" + written + "' }\n");

            assertRefused(written);
            assertNobodyCame(listener);
        }
    }

    // Liquibase takes the first for a path below the folder, and has shortened the second before it asks for it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "includeAll: { path: /ABSOLUTE }",
                "changeSet: { id: 1, author: ann, changes: [ sql: { sql: create table t (c text) }, insert: { tableName: t, columns: [ column: { name: c, valueClobFile: ../../UP/x.csv } ] } ] }"
            })
    void aPathThatIsRewrittenByLiquibaseDoesNotLeadOutEither(String entry) throws Exception {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - " + placed(entry) + "\n");

        assertNothingRan(stage.resource().create(properties(Map.of())));
    }

    @Test
    void aPathThatLeadsOutToNothingIsRefusedToo() throws Exception {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: ../shared/x.sql }\n");

        assertRefused("../shared/x.sql");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file://ABSOLUTE/x.ent", "ABSOLUTE/x.ent", "UP/x.ent", "http://127.0.0.1:PORT/x.ent"})
    void anXmlEntityDoesNotReadFromOutside(String entity) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String system = placed(entity).replace("PORT", String.valueOf(listener.getLocalPort()));
            stage.file("x.xml", XML.formatted("<!DOCTYPE x [<!ENTITY e SYSTEM \"" + system + "\">]>", XSD, "&e;"));

            assertNothingRan(stage.resource().create(properties(Map.of("ChangelogFile", "x.xml"))));
            assertNobodyCame(listener);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file://ABSOLUTE/x.xsd", "UP/x.xsd", "http://127.0.0.1:PORT/x.xsd"})
    void anXmlSchemaIsNotReadFromOutside(String schema) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String location = placed(schema).replace("PORT", String.valueOf(listener.getLocalPort()));
            stage.file("x.xml", XML.formatted("", location, ""));

            assertNothingRan(stage.resource().create(properties(Map.of("ChangelogFile", "x.xml"))));
            assertNobodyCame(listener);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "4.33", "4.1", "3.10"})
    void theSchemasOfLiquibaseAreFoundInItsOwnJar(String version) throws Exception {
        stage.file("x.xml", XML.formatted("", XSD.replace("latest", version), ""));

        Answer answer = stage.resource().create(properties(Map.of("ChangelogFile", "x.xml")));

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }

    @Test
    void pathsWithDotsThatStayInsideAreFollowed() throws Exception {
        fill(Files.createDirectories(stage.changelogs().resolve("db/shared")));
        Files.createDirectories(stage.changelogs().resolve("db/empty"));
        stage.file("db/all/1.sql", "--liquibase formatted sql\n--changeset ann:1\ncreate table t (c text);\n")
                .file(Stage.MASTER, """
                        databaseChangeLog:
                          - include: { file: ../shared/x.sql, relativeToChangelogFile: true }
                          - includeAll: { path: db/empty/../all }
                          - property: { file: db/../db/shared/x.properties }
                          - changeSet:
                              id: 1
                              author: ann
                              changes:
                                - loadData: { tableName: t, file: /db/empty/../shared/x.csv }
                                - loadData: { tableName: t, file: ../shared/x.csv, relativeToChangelogFile: true }
                                - sql: { sql: "insert into t values ('${name}')" }
                        """);

        assertAllThreeRows(stage.resource().create(properties(Map.of())));
    }

    @Test
    void linksThatStayInsideAreFollowed() throws Exception {
        Path versions = Files.createDirectories(stage.changelogs().resolve("db/versions/7"));
        fill(versions);
        Path changelog = Files.createDirectories(stage.changelogs().resolve("db/changelog"));
        Files.createSymbolicLink(changelog.resolve("absolute"), versions);
        Files.createSymbolicLink(changelog.resolve("relative"), Path.of("../versions/7"));
        Files.createSymbolicLink(changelog.resolve("rows.csv"), Path.of("../versions/../versions/7/x.csv"));
        stage.file("db/all/1.sql", "--liquibase formatted sql\n--changeset ann:1\ncreate table t (c text);\n");
        Files.createSymbolicLink(changelog.resolve("all"), Path.of("../all"));
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - include: { file: db/changelog/absolute/x.sql }
                  - includeAll: { path: all, relativeToChangelogFile: true }
                  - property: { file: db/changelog/absolute/x.properties }
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - loadData: { tableName: t, file: relative/x.csv, relativeToChangelogFile: true }
                        - loadData: { tableName: t, file: db/changelog/rows.csv }
                        - sql: { sql: "insert into t values ('${name}')" }
                """);

        assertAllThreeRows(stage.resource().create(properties(Map.of())));
    }

    @Test
    void aValueOfATableIsNotTakenForAPathThatLeadsOut() throws Exception {
        stage.file("t.csv", "c\n%s\n../somewhere/else\nhttp://example.com/\n".formatted(placed("UP/x.csv")))
                .file(Stage.MASTER, """
                        databaseChangeLog:
                          - changeSet:
                              id: 1
                              author: ann
                              changes:
                                - sql: { sql: create table t (c text) }
                                - loadData:
                                    tableName: t
                                    file: t.csv
                                    columns: [ column: { name: c, type: clob } ]
                        """);

        Answer answer = stage.resource().create(properties(Map.of()));

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(Stage.query(database, "select string_agg(c, ' ' order by c) from t"))
                .isEqualTo(placed("UP/x.csv") + " ../somewhere/else http://example.com/");
    }

    @Test
    void aParameterInARefusedPathIsNotShown() throws Exception {
        stage.canary("a-value-of-a-parameter");
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: '../${folder}/x.sql' }\n");

        Answer answer =
                stage.resource().create(properties(Map.of("Parameters", Map.of("folder", "a-value-of-a-parameter"))));

        assertThat(answer.reason()).satisfies(approved("changelog/fileOutsideTheFolder"));
    }

    private void assertRefused(String path) throws SQLException {
        Answer answer = stage.resource().create(properties(Map.of()));

        assertNothingRan(answer);
        assertThat(answer.reason()).contains("file '" + path, "is outside the changelog folder");
    }

    private void assertNothingRan(Answer answer) throws SQLException {
        assertThat(answer.status()).as("%s", answer).isEqualTo(Answer.Status.FAILED);
        assertThat(database.tables().stream().map(TargetDatabase.Table::name))
                .isSubsetOf(List.of("databasechangelog", "databasechangeloglock", "databasechangelogdeploys"));
    }

    private static void assertNobodyCame(ServerSocket listener) throws IOException {
        listener.setSoTimeout(1);
        try {
            listener.accept().close();
            throw new AssertionError("Somebody came to read from a URL");
        } catch (SocketTimeoutException e) {
            // As it should be.
        }
    }

    private void assertAllThreeRows(Answer answer) throws SQLException {
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(Stage.query(database, "select count(*) from t where c = '" + ROW + "'"))
                .isEqualTo("3");
        assertThat(database.tables()).extracting(TargetDatabase.Table::name).contains("x");
    }

    // UP leads from the root of the changelog folder to the folder outside.
    private String placed(String text) {
        String name = outside.path().getFileName().toString();
        return text.replace("UP", "../" + name)
                .replace("NAME", name)
                .replace("ABSOLUTE", outside.path().toString());
    }

    private Map<String, Object> properties(Map<String, ?> more) {
        return stage.properties(database, more);
    }
}
