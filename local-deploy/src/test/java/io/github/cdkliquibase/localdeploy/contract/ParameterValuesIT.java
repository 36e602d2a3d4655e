package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a changelog may read of the function it runs in, and what is shown of a parameter's value. */
final class ParameterValuesIT extends WarmFunction {

    /** A variable with a secret, one with another secret, one without, and a property of Java. */
    private static final List<String> NAMES =
            List.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "user.name");

    private static final String CHANGESET = "--changeset ann:1\n";

    ParameterValuesIT() {
        super(Duration.ofSeconds(20));
    }

    @BeforeEach
    void nameTheFunctionsSecrets() {
        stage.canary(LambdaFunction.ROLE.secretAccessKey());
        stage.canary(LambdaFunction.ROLE.sessionToken());
    }

    private static String forEachName(String template) {
        return NAMES.stream().map(name -> template.replace("NAME", name)).collect(Collectors.joining("\n"));
    }

    @Test
    void aChangelogReadsNeitherTheEnvironmentNorJavasProperties() {
        stage.file(
                        "db/changelog/db.changelog-master.xml",
                        """
                <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
                  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                  xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
                  <property name="copied" value="${AWS_SECRET_ACCESS_KEY}"/>
                  <property name="local" value="${AWS_SESSION_TOKEN}" global="false"/>
                  <property name="which" value="AWS_SECRET_ACCESS_KEY"/>
                  <property file="db/more.properties"/>
                  <changeSet id="1" author="ann">
                    <preConditions>
                      <not><changeLogPropertyDefined property="AWS_REGION"/></not>
                      <not><changeLogPropertyDefined property="user.name"/></not>
                      <sqlCheck expectedResult="0">select case when '${AWS_REGION}' like '${%%' then 0 else 1 end</sqlCheck>
                    </preConditions>
                    <createTable tableName="seen"><column name="place" type="text"/><column name="value" type="text"/></createTable>
                    <insert tableName="seen"><column name="place" value="copied"/><column name="value" value="${copied}"/></insert>
                    <insert tableName="seen"><column name="place" value="local"/><column name="value" value="${local}"/></insert>
                    <insert tableName="seen"><column name="place" value="nested"/><column name="value" value="${${which}}"/></insert>
                    <insert tableName="seen"><column name="place" value="of a file"/><column name="value" value="${fromFile}"/></insert>
                %s
                    <setTableRemarks tableName="seen" remarks="${AWS_SECRET_ACCESS_KEY}"/>
                  </changeSet>
                  <include file="db/${AWS_REGION}/included.sql"/>
                </databaseChangeLog>
                """.formatted(
                                        forEachName(
                                                "    <insert tableName=\"seen\"><column name=\"place\" value=\"xml\"/><column name=\"value\" value=\"${NAME}\"/></insert>")))
                .file("db/more.properties", "fromFile=${AWS_SESSION_TOKEN}\n")
                .file(
                        "db/${AWS_REGION}/included.sql",
                        "--liquibase formatted sql\n--changeset ann:2\n"
                                + forEachName("insert into seen values ('sql', '${NAME}');") + "\n")
                .file("db/" + LambdaFunction.REGION + "/included.sql", "no changelog at all");

        assertSucceeded(deploy(Map.of("ChangelogFile", "db/changelog/db.changelog-master.xml")));

        assertThat(seen()).hasSize(4 + 2 * NAMES.size()).allMatch(value -> value.matches("\\$\\{[A-Za-z._]+}"));
        assertThat(Stage.query(database, "select obj_description('seen'::regclass)"))
                .isEqualTo("${AWS_SECRET_ACCESS_KEY}");
    }

    @Test
    void theFilesThatAChangeNamesAreNotFoundByTheEnvironment() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - createTable: { tableName: seen, columns: [ column: { name: place, type: text }, column: { name: value, type: text } ] }
                        - loadData: { tableName: seen, file: "db/${AWS_REGION}.csv" }
                        - sqlFile: { path: "db/${AWS_REGION}.sql" }
                """)
                .file("db/${AWS_REGION}.csv", "place,value\ncsv,right file\n")
                .file("db/${AWS_REGION}.sql", "insert into seen values ('file', '${AWS_SESSION_TOKEN}');\n")
                .file("db/" + LambdaFunction.REGION + ".csv", "place,value\nx,wrong file\n")
                .file("db/" + LambdaFunction.REGION + ".sql", "insert into seen values ('x', 'wrong file');\n");

        assertSucceeded(deploy());

        assertThat(seen()).containsExactlyInAnyOrder("right file", "${AWS_SESSION_TOKEN}");
    }

    @Test
    void parametersMayHaveNamesOfTheEnvironmentAndOfJava() {
        stage.sql(CHANGESET + "create table seen (place text, value text);\n"
                + forEachName("insert into seen values ('sql', '${NAME}');") + "\n");

        assertSucceeded(deploy(Map.of(
                "Parameters", NAMES.stream().collect(Collectors.toMap(name -> name, name -> "my " + name)))));

        assertThat(seen())
                .containsExactlyInAnyOrderElementsOf(
                        NAMES.stream().map(name -> "my " + name).toList());
    }

    @Test
    void aStatementThatFailsOnAVariableQuotesItsName() {
        stage.sql(CHANGESET + "select '${AWS_SECRET_ACCESS_KEY}'::int;\n");

        assertThat(deploy().reason())
                .contains("invalid input syntax for type integer: \"${AWS_SECRET_ACCESS_KEY}\" (SQLSTATE 22P02)");
    }

    private List<String> seen() {
        return Arrays.asList(
                String.valueOf(Stage.query(database, "select string_agg(value, '|' order by place, value) from seen"))
                        .split("\\|", -1));
    }

    private static void assertSucceeded(Answer answer) {
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }

    /** Each statement fails on the value {@code Xq7'canarypart zw9"kvt;rest9} or a part of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "create table t (a '${secret}') | Unterminated identifier started at position",
                "create table t (a '${secret}\" ) | at or near",
                "create table t (a ${secret}) | ",
                "create table \"${secret}\" (a int) | ",
                "select '${secret}' | ",
                "select $$${secret}$$::int | invalid input syntax for type integer: \"${secret}\"",
                "select split_part($$${secret}$$, ' ', 2)::int | invalid input syntax for type integer: \"",
                "select md5($$${secret}$$)::int | invalid input syntax for type integer: \"…\"",
                "select decode(substr($$${secret}$$, 5, 9), 'hex') | invalid hexadecimal digit: \"",
                "set role $$${secret}$$ | ",
                "do $x$ begin raise exception 'not %', split_part($$${secret}$$, '''', 2); end $x$ | not ",
            })
    void noPieceOfAValueIsShownWhereAStatementFails(String statement, String message) {
        stage.canary("canarypart");
        stage.sql("--changeset ann:1 splitStatements:false\n" + statement + "\n");

        assertThat(deploy(Map.of("Parameters", Map.of("secret", "Xq7'canarypart zw9\"kvt;rest9")))
                        .reason())
                .contains("Changeset 'db/changelog/changes.sql::1::ann' failed: ")
                .contains(message == null ? "" : message)
                .doesNotContain("canary", "Xq7", "zw9", "kvt", "rest9");
    }

    @Test
    void aMessageAboutTheChangelogsOwnNamesStaysReadable() {
        stage.sql(CHANGESET + "create table orders (id int primary key, note text);\n"
                + "insert into orders values (1, '${note}'), (1, '${note}');\n");

        assertThat(deploy(Map.of("Parameters", Map.of("note", "ordering ids of orders")))
                        .reason())
                .contains("duplicate key value violates unique constraint \"orders_pkey\" (SQLSTATE 23505)");
    }

    @Test
    void aReferenceInAValueIsNotNamed() {
        stage.canary("canaryname");
        stage.sql(CHANGESET + "create table t (a text default '${secret}');\n");

        assertThat(deploy(Map.of("UndefinedParameters", "REFUSE", "Parameters", Map.of("secret", "x${canaryname}y")))
                        .reason())
                .satisfies(approved("parameters/referenceToNothing"));
        assertSucceeded(deploy(Map.of("Parameters", Map.of("secret", "x${canaryname}y"))));
    }

    @Test
    void aNoticeOfThousandsOfLinesDoesNotFailItsChangeset() {
        stage.sql(
                "--changeset ann:1 splitStatements:false\ndo $x$ begin raise warning '%', 'line 1, column 1:' || repeat(chr(10), 6000); end $x$\n");

        assertSucceeded(deploy());
    }

    @Test
    void aProgramIsRefusedUnlessThePropertyAllowsIt() {
        stage.file(Stage.MASTER, program("touch " + stage.changelogs().resolve("ran")));

        assertThat(deploy().reason()).satisfies(approved("changelog/programNotAllowed"));
        assertThat(stage.changelogs().resolve("ran")).doesNotExist();
    }

    @Test
    void aProgramThatIsAllowedGetsNoneOfTheFunctionsVariablesAndItsOutputIsNotLogged() throws IOException {
        stage.canary("printed-by-the-program");
        stage.file(
                Stage.MASTER,
                program("env > " + stage.changelogs().resolve("env") + "; echo printed-by-the-program; echo it >&2"));

        assertSucceeded(deploy(Map.of("ExecuteCommand", "ALLOW")));

        // The shell sets the other ones itself.
        assertThat(Files.readAllLines(stage.changelogs().resolve("env")))
                .extracting(line -> line.substring(0, line.indexOf('=')))
                .contains("PATH")
                .isSubsetOf("PATH", "PWD", "SHLVL", "OLDPWD", "_");
        assertThat(stage.newLogLines())
                .filteredOn(line -> line.path("event").asText().equals("command.ended"))
                .singleElement()
                .satisfies(
                        line -> assertThat(line.path("message").asText()).satisfies(approved("events/programEnded")));
    }

    @Test
    void aProgramThatFailsIsToldWithoutItsArguments() {
        stage.canary("canaryargument");
        stage.file(Stage.MASTER, program("echo canaryargument; exit 3"));

        assertThat(deploy(Map.of("ExecuteCommand", "ALLOW")).reason()).satisfies(approved("changeset/programFails"));
    }

    @Test
    void aProgramOfAChangesetThatHasRunIsNotRefused() {
        stage.file(Stage.MASTER, program("true"));
        assertSucceeded(deploy(Map.of("ExecuteCommand", "ALLOW")));

        assertSucceeded(deploy());
    }

    private static String program(String script) {
        return """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - executeCommand: { executable: sh, args: [ arg: { value: "-c" }, arg: { value: "%s" } ] }
                """.formatted(script);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000})
    void theLastFiftyLinesOfAFailedDeployTellTheStory(int changesets) {
        stage.sql(IntStream.range(0, changesets)
                .mapToObj("--changeset ann:%d\nselect 1;\n"::formatted)
                .collect(Collectors.joining("", "", "--changeset ann:last\nselect nowhere;\n")));

        assertThat(deploy().succeeded()).isFalse();

        List<JsonNode> lines = stage.newLogLines();
        List<String> last = lines.subList(Math.max(0, lines.size() - 50), lines.size()).stream()
                .map(line ->
                        line.path("level").asText() + " " + line.path("message").asText())
                .toList();
        String place = "Changeset %d of %1$d, db/changelog/changes.sql::last::ann, ".formatted(changesets + 1);
        assertThat(last)
                .anyMatch(line -> line.matches("ERROR " + Pattern.quote(place)
                        + "failed after \\d+ ms: column \"nowhere\" does not exist \\(SQLSTATE 42703\\)"))
                .last(InstanceOfAssertFactories.STRING)
                .matches(
                        "ERROR Create failed after \\d+ ms: Changeset 'db/changelog/changes.sql::last::ann' failed: column \"nowhere\" does not exist \\(SQLSTATE 42703\\)\\. %d of %d changesets were applied and stay; .*"
                                .formatted(changesets, changesets + 1));
        assertThat(lines).as("of all changesets").hasSizeLessThan(2 * changesets + 20);
    }

    @Test
    void whatAChangesetPrintsIsBoundedAndWhatWasLeftOutIsCounted() {
        stage.sql(
                "--changeset ann:1 splitStatements:false\ndo $x$ begin for i in 1..1500 loop raise warning 'w %', i; end loop; end $x$\n");

        assertSucceeded(deploy(Map.of("ServerMessages", "LOG")));

        assertThat(stage.newLogLines())
                .hasSizeBetween(900, 1_100)
                .filteredOn(line -> line.path("event").asText().equals("output.left-out"))
                .singleElement()
                .satisfies(line -> assertThat(line.path("count").asInt()).isBetween(500, 510));
    }
}
