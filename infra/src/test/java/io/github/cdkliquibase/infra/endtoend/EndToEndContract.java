package io.github.cdkliquibase.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The life of a stack, from the synth to the database. A subclass says by which protocol. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EndToEndContract {

    private static final String TWO = """
            --changeset ann:1
            create table customer (id int primary key);
            --changeset ann:2
            create table invoice (id int primary key);
            """;

    private static final String THREE = TWO + """
            --changeset ann:3
            alter table customer add column name text;
            """;

    private static final String FIVE_THE_LAST_IS_WRONG = THREE + """
            --changeset ann:4
            create table payment (id int primary key);
            --changeset ann:5
            alter table custommer add column email text;
            """;

    private Stage stage;

    /** The app, with the protocol under test. */
    abstract Stage.App app();

    /** The runtimes of the functions through which one event goes. */
    abstract List<String> runtimes();

    @BeforeAll
    void open() {
        stage = new Stage(app());
    }

    @AfterAll
    void close() {
        stage.close();
    }

    Stage stage() {
        return stage;
    }

    @Test
    void aStackIsCreatedUpdatedRolledBackAndDeletedWithOneAnswerToEachEvent() {
        DeployedStack stack = stage.stack(stage.synthesise(TWO));
        int invokedBefore = stage.functions.invoked().size();

        Answer created = stack.create();
        assertThat(created.status()).as(created.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(created.data())
                .containsEntry("AppliedChangesets", "2")
                .containsEntry("TotalChangesets", "2")
                .containsEntry("LastChangeset", "db/changelog/changes.sql::2::ann");
        assertThat(history()).isEqualTo("1 2");

        Answer unchanged = stack.update(stage.synthesise(TWO));
        assertThat(unchanged.status()).as(unchanged.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(unchanged.data())
                .containsEntry("AppliedChangesets", "0")
                .containsEntry("TotalChangesets", "2")
                .containsEntry("LastChangeset", "db/changelog/changes.sql::2::ann");

        Answer extended = stack.update(stage.synthesise(THREE));
        assertThat(extended.status()).as(extended.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(extended.data())
                .containsEntry("AppliedChangesets", "1")
                .containsEntry("TotalChangesets", "3")
                .containsEntry("LastChangeset", "db/changelog/changes.sql::3::ann");
        assertThat(history()).isEqualTo("1 2 3");
        assertThat(columnsOf("customer")).isEqualTo("id name");

        Answer failed = stack.update(stage.synthesise(FIVE_THE_LAST_IS_WRONG));
        assertThat(failed.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(failed.reason())
                .contains("Changeset 'db/changelog/changes.sql::5::ann' failed:"
                        + " relation \"custommer\" does not exist (SQLSTATE 42P01). 1 of 2 changesets were applied");
        assertThat(history()).isEqualTo("1 2 3 4");

        Answer rolledBack = stack.rollBack();
        assertThat(rolledBack.status()).as(rolledBack.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(rolledBack.data()).containsEntry("StackRollback", "true").containsEntry("AppliedChangesets", "0");

        Answer deleted = stack.delete();
        assertThat(deleted.status()).as(deleted.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(history()).isEqualTo("1 2 3 4");
        assertThat(columnsOf("payment")).isEqualTo("id");

        List<Answer> answers = List.of(created, unchanged, extended, failed, rolledBack, deleted);
        assertThat(answers)
                .extracting(Answer::physicalResourceId)
                .containsOnly(created.physicalResourceId())
                .doesNotContain("");
        assertThat(stage.functions.invoked().stream().skip(invokedBefore))
                .isEqualTo(Collections.nCopies(answers.size(), runtimes()).stream()
                        .flatMap(List::stream)
                        .toList());
    }

    private String history() {
        return texts("select id from databasechangelog order by orderexecuted");
    }

    private String columnsOf(String table) {
        return texts("select column_name from information_schema.columns where table_name = '" + table
                + "' order by ordinal_position");
    }

    private String texts(String query) {
        try (Connection connection = stage.database.connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select string_agg(each::text, ' ') from (" + query + ") as q(each)")) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new AssertionError("Query failed: " + query, e);
        }
    }
}
