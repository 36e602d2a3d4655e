package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A deploy is short only if no byte of the changelog folder and no property that Liquibase sees has changed. */
final class UnchangedInputIT extends RepeatedDeploys {

    private static final String CHANGES = "db/changelog/changes.sql";
    private static final String INCLUDE = "  - include: { file: " + CHANGES + " }\n";

    private static final Map<String, ?> IN_PUBLIC = Map.of("DefaultSchema", "public", "LiquibaseSchema", "public");

    UnchangedInputIT() {
        super(Duration.ofSeconds(30));
    }

    /** A change of the changelog folder. */
    @FunctionalInterface
    interface Edit {

        void in(Path folder) throws IOException;
    }

    /** A change whose result Liquibase does not read. */
    static Stream<Named<Edit>> editsOfUnusedFiles() {
        return Stream.of(
                named("a byte", folder -> write(folder, "db/notes/one.txt", "One\n")),
                named("a byte, with the time stamp of before", UnchangedInputIT::replaceInSecret),
                named("a line feed at the end", folder -> write(folder, CHANGES, HEADER + ONE + "\n")),
                named("a new file", folder -> write(folder, "db/notes/three.txt", "three\n")),
                named("a new empty file", folder -> write(folder, "db/notes/three.txt", "")),
                named("no file any more", folder -> Files.delete(folder.resolve("db/notes/two.txt"))),
                named("another name", folder -> move(folder, "db/notes/two.txt", "db/notes/three.txt")),
                named("another folder", folder -> move(folder, "db/notes/two.txt", "db/two.txt")),
                // The locale of the function has no such letters.
                named(
                        "another letter beyond ASCII",
                        folder -> move(folder, "db/notes/größe.txt", "db/notes/grüße.txt")),
                named("two exchanged files", folder -> {
                    write(folder, "db/notes/one.txt", "two\n");
                    write(folder, "db/notes/two.txt", "one\n");
                }),
                named("the same bytes, divided elsewhere between two files", folder -> {
                    write(folder, "db/notes/one.txt", "one");
                    write(folder, "db/notes/two.txt", "\ntwo\n");
                }),
                named("the same bytes, divided elsewhere between name and content", folder -> {
                    Files.delete(folder.resolve("db/notes/two.txt"));
                    write(folder, "db/notes/two.tx", "ttwo\n");
                }));
    }

    // A layer gives all files the same time stamp.
    private static void replaceInSecret(Path folder) throws IOException {
        Path file = folder.resolve("db/notes/one.txt");
        FileTime stamp = Files.getLastModifiedTime(file);
        Files.writeString(file, "onE\n");
        Files.setLastModifiedTime(file, stamp);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("editsOfUnusedFiles")
    void aChangeOfTheFolderIsNoticed(Edit edit) throws IOException {
        writeSeveralFiles();
        assertFull();

        edit.in(stage.changelogs());

        assertApplied(0, deploy());
        assertShort();
    }

    static Stream<Named<Edit>> editsWithAChangeset() {
        return Stream.of(
                named("a new changeset", folder -> write(folder, CHANGES, HEADER + TWO)),
                named("a new file of an included folder", folder -> write(folder, "db/all/b.sql", HEADER + ONE)),
                named("a file of the change sqlFile", folder -> write(folder, "db/view.txt", view(2))),
                named(
                        "a file that is moved into an included folder",
                        folder -> move(folder, "db/notes/c.sql", "db/all/c.sql")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("editsWithAChangeset")
    void whatAChangeOfTheFolderMakesPendingIsApplied(Edit edit) throws IOException {
        writeSeveralFiles();
        assertFull();

        edit.in(stage.changelogs());

        assertApplied(1, deploy());
        assertShort();
    }

    @Test
    void aFolderWithTheSameBytesIsUnchanged() throws IOException {
        writeSeveralFiles();
        assertFull();
        Path folder = stage.changelogs();

        Files.createDirectories(folder.resolve("db/nothing/at/all"));
        assertShort();

        Files.setLastModifiedTime(folder.resolve(CHANGES), FileTime.from(Instant.EPOCH));
        assertShort();

        // A folder lists its files in another order then.
        Files.delete(folder.resolve("db/notes/one.txt"));
        Files.delete(folder.resolve("db/notes/two.txt"));
        write(folder, "db/notes/two.txt", "two\n");
        write(folder, "db/notes/one.txt", "one\n");
        assertShort();
    }

    private void writeSeveralFiles() {
        stage.sql(ONE)
                .file(
                        Stage.MASTER,
                        "databaseChangeLog:\n" + INCLUDE + "  - includeAll: { path: db/all }\n"
                                + "  - changeSet: { id: 1, author: ann, runOnChange: true, changes: [ sqlFile: { path: db/view.txt } ] }\n")
                .file("db/all/a.sql", HEADER + ONE)
                .file("db/notes/c.sql", HEADER + ONE)
                .file("db/view.txt", view(1))
                .file("db/notes/one.txt", "one\n")
                .file("db/notes/two.txt", "two\n")
                .file("db/notes/größe.txt", "great\n");
    }

    private static String view(int number) {
        return "create or replace view v as select %d as number;\n".formatted(number);
    }

    private static void write(Path folder, String file, String content) throws IOException {
        Files.writeString(folder.resolve(file), content);
    }

    private static void move(Path folder, String file, String to) throws IOException {
        Files.move(folder.resolve(file), folder.resolve(to));
    }

    @Test
    void anEditOfAChangesetThatHasRunIsRefusedAndItsUndoIsShort() {
        stage.sql(ONE);
        assertFull();

        stage.sql("--changeset ann:1\nselect 7;\n");
        assertThat(deploy().reason()).satisfies(approved("changelog/changesetEdited"));

        stage.sql(ONE);
        assertShort();
    }

    @ParameterizedTest
    @CsvSource({"db/current, new, db/current/x.sql", "db/current.sql, new/x.sql, db/current.sql"})
    void aLinkThatLeadsElsewhereIsNoticed(String link, String target, String included) throws IOException {
        stage.file("db/old/x.sql", HEADER + ONE)
                .file("db/new/x.sql", HEADER + TWO)
                .file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: " + included + " }\n");
        Path place = stage.changelogs().resolve(link);
        Files.createSymbolicLink(place, Path.of(target.replace("new", "old")));
        assertFull();
        assertShort();

        Files.delete(place);
        Files.createSymbolicLink(place, Path.of(target));

        assertApplied(1, deploy());
        assertShort();
    }

    // Nothing refers to these links, and Liquibase does not follow them.
    @Test
    void linksThatLeadNowhereInACircleOrOutAreNoFailure() throws IOException {
        stage.sql(ONE);
        int number = 0;
        for (String target : List.of("missing", ".", "..", "/")) {
            Files.createSymbolicLink(stage.changelogs().resolve("db/link" + number++), Path.of(target));
        }

        assertApplied(1, deploy());
        assertSucceeded(deploy());
    }

    static Stream<Arguments> propertiesThatLiquibaseSees() {
        return Stream.of(
                Arguments.of(Map.of(), Map.of("ChangelogFile", "db/changelog/other.yaml")),
                Arguments.of(Map.of(), Map.of("Contexts", "production")),
                Arguments.of(Map.of("Contexts", "production"), Map.of("Contexts", "test")),
                Arguments.of(Map.of(), Map.of("LabelFilter", "beta")),
                Arguments.of(Map.of("Contexts", "x"), Map.of("LabelFilter", "x")),
                Arguments.of(Map.of(), Map.of("DefaultSchema", "other")),
                Arguments.of(Map.of(), Map.of("LiquibaseSchema", "other")),
                Arguments.of(Map.of(), Map.of("HistoryTable", "other_history")),
                Arguments.of(Map.of(), Map.of("UndefinedParameters", "REFUSE")),
                Arguments.of(Map.of(), Map.of("ExecuteCommand", "ALLOW")));
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("propertiesThatLiquibaseSees")
    void aPropertyThatLiquibaseSeesIsNoticed(Map<String, ?> before, Map<String, ?> after) {
        writeTwoRoots();
        assertFull(deploy(with(IN_PUBLIC, before)));

        assertFull(deploy(with(IN_PUBLIC, after)));
        assertShort(deploy(with(IN_PUBLIC, after)));
    }

    // Some of them differ only in where one text ends and the next one begins.
    @Test
    void eachChangeOfTheParametersIsNoticed() {
        stage.sql(ONE);
        List<Map<String, Object>> changes = List.of(
                parameters("a", "1"),
                parameters("a", "2"),
                parameters("a", "2", "b", "1"),
                parameters("a", "1", "b", "2"),
                parameters("a", "1, b=2"),
                parameters("a", "1", "b", "2"),
                parameters("a", "1\nb=2"),
                parameters("a", "bc"),
                parameters("ab", "c"),
                Map.of());

        changes.forEach(parameters -> assertFull(deploy(parameters)));
        assertShort();
    }

    private static Map<String, Object> parameters(String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return Map.of("Parameters", parameters);
    }

    @ParameterizedTest
    @CsvSource({"LockTable, other_lock", "RestartChangeset, db/changelog/changes.sql::1::ann"})
    void aPropertyThatLiquibaseSeesIsNoticedAtLeastOnce(String property, String value) {
        writeTwoRoots();
        assertFull(deploy(IN_PUBLIC));
        assertShort(deploy(IN_PUBLIC));

        assertFull(deploy(with(IN_PUBLIC, property, value)));
    }

    private void writeTwoRoots() {
        Stage.execute(database, "create schema other");
        stage.sql(ONE).file("db/changelog/other.yaml", "databaseChangeLog:\n" + INCLUDE);
    }

    // Only the newest deploy counts, and not one before it.
    @Test
    void aPropertyThatIsSetBackIsNoticed() {
        stage.sql(ONE);
        assertFull();
        assertFull(deploy(Map.of("Contexts", "test")));

        assertFull();
        assertShort();
    }

    static Stream<Map<String, ?>> propertiesThatMakeAChangesetPending() {
        return Stream.of(Map.of("Contexts", "production"), Map.of("LabelFilter", "beta"), parameters("number", "2"));
    }

    @ParameterizedTest
    @MethodSource("propertiesThatMakeAChangesetPending")
    void whatAPropertyMakesPendingIsApplied(Map<String, ?> property) {
        stage.sql("""
                --changeset ann:1 runOnChange:true
                create or replace view v as select ${number} as number;
                --changeset ann:2 context:production
                select 2;
                --changeset ann:3 labels:beta
                select 3;
                """);
        Map<String, ?> properties = with(Map.of("Contexts", "test", "LabelFilter", "!beta"), parameters("number", "1"));
        assertApplied(1, deploy(properties));
        assertShort(deploy(properties));

        assertApplied(1, deploy(with(properties, property)));
        assertShort(deploy(with(properties, property)));
    }

    @Test
    void aPropertyThatLiquibaseDoesNotSeeIsIgnored() {
        stage.sql(ONE);
        assertFull();
        Map<String, String> unseen = new LinkedHashMap<>();
        unseen.put("DeployedAt", Instant.now().toString());
        unseen.put("ChangelogHash", "abc");
        unseen.put("LockTimeout", "PT7S");
        unseen.put("ConnectTimeout", "PT1M");
        unseen.put("ServerMessages", "LOG");
        unseen.put("ServiceTimeout", "600");
        unseen.put("WhenUnchanged", "SKIP");
        unseen.put("OnDelete", "RETAIN");
        unseen.put("SslMode", "require");
        unseen.put("Host", "localhost");

        unseen.forEach((name, value) -> assertShort(deploy(Map.of(name, value))));
    }

    @Test
    void theOrderOfParametersIsIgnored() {
        stage.sql(ONE);
        assertFull(deploy(parameters("a", "1", "b", "2")));

        assertShort(deploy(parameters("b", "2", "a", "1")));
    }

    @Test
    void aNewPasswordIsIgnored() {
        stage.sql(ONE);
        assertFull();
        database.rotatePassword();

        assertShort();
    }

    @Test
    void theValueOfAParameterIsNotNoted() {
        stage.canary("correct-horse");
        stage.sql(ONE);

        assertFull(deploy(parameters("password", "correct-horse")));

        assertThat(Stage.query(database, "select string_agg(d::text, ' ') from databasechangelogdeploys d"))
                .isNotEmpty()
                .doesNotContain("correct-horse");
    }
}
