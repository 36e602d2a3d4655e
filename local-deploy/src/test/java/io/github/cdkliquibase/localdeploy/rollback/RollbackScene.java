package io.github.cdkliquibase.localdeploy.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.localdeploy.differential.DatabaseState;
import io.github.cdkliquibase.localdeploy.differential.Facet;
import io.github.cdkliquibase.localdeploy.differential.HistoryTables;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.SimulatedStack;
import io.github.cdkliquibase.stage.cloudformation.SimulatedStack.OnFailure;
import io.github.cdkliquibase.stage.cloudformation.StackRules;
import io.github.cdkliquibase.stage.cloudformation.StackStatus;
import io.github.cdkliquibase.stage.cloudformation.StackTemplate;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One stack with a database of its own, and the function of all tests. Each deploy has a stamp ten seconds after the last one. */
final class RollbackScene implements AutoCloseable {

    private static final int SECONDS_BETWEEN_DEPLOYS = 10;

    final EmbeddedDatabase database;
    final SimulatedStack stack;

    private final Stage stage;
    private final Map<String, String> properties;
    private @Nullable Connection observer;
    private Instant lastStamp = Instant.now().minusSeconds(2_000);

    /**
     * A scene.
     *
     * @param properties of the custom resource in each deploy
     */
    RollbackScene(Stage stage, EmbeddedDatabase database, StackRules rules, Map<String, String> properties) {
        this.stage = stage;
        this.database = database;
        this.stack = SimulatedStack.of(stage.resource(), rules);
        this.properties = properties;
    }

    /** The stamp of the next deploy. */
    String nextStamp() {
        lastStamp = lastStamp.plusSeconds(SECONDS_BETWEEN_DEPLOYS);
        return lastStamp.toString();
    }

    /** Deploys the changelog that a stack has first. */
    void deployFirst() {
        deployed(MixedChangelog.first());
    }

    /** Deploys a changelog; fails if the stack does. */
    void deployed(MixedChangelog changelog) {
        assertThat(deploy(changelog, OnFailure.ROLL_BACK))
                .as(stack.status() + ": " + answer().reason())
                .isIn(StackStatus.CREATE_COMPLETE, StackStatus.UPDATE_COMPLETE);
    }

    StackStatus deploy(MixedChangelog changelog, OnFailure onFailure) {
        return stack.deploy(template(changelog, Map.of(), false), onFailure);
    }

    /** Deploys a changelog in a stack whose later resource then fails. */
    StackStatus deployBeforeAFailure(MixedChangelog changelog) {
        return stack.deploy(template(changelog, Map.of(), true), OnFailure.ROLL_BACK);
    }

    /** A template with the next stamp, unless there is another one among the properties. */
    StackTemplate template(MixedChangelog changelog, Map<String, String> more, boolean laterResourceFails) {
        Map<String, String> all = new HashMap<>(properties);
        all.put("DeployedAt", nextStamp());
        all.putAll(more);
        return new StackTemplate(stage.properties(database, all), () -> install(changelog), laterResourceFails);
    }

    private void install(MixedChangelog changelog) {
        changelog.install(stage);
        stage.file("ca.pem", database.certificateAuthority().orElseThrow());
    }

    /** Deploys a changelog for a resource of another stack, with the next stamp. */
    void deployForAnotherStack(MixedChangelog changelog) {
        CustomResource other = stage.resource();
        StackTemplate template = template(changelog, Map.of(), false);
        template.code().run();
        Answer answer = other.create(template.properties());
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }

    /** The answer to the last event. */
    Answer answer() {
        return stack.lastRequest().answer();
    }

    /** The database as it is now: objects, rows, Liquibase's history. Its user is called the same in all scenes. */
    DatabaseState state() {
        try {
            DatabaseState state = DatabaseState.of(true, observer(), HistoryTables.DEFAULT);
            Map<Facet, List<String>> lines = new EnumMap<>(state.lines());
            lines.replaceAll((facet, all) -> all.stream()
                    .map(line -> line.replace(database.username(), "owner"))
                    .toList());
            return new DatabaseState(lines);
        } catch (SQLException e) {
            throw new AssertionError("The state of the database cannot be read", e);
        }
    }

    private Connection observer() throws SQLException {
        Connection known = observer;
        if (known == null || !known.isValid(1)) {
            known = database.connectAsSuperuser();
            observer = known;
        }
        return known;
    }

    /** The database as it is when the next rollback begins; empty until then. */
    AtRollback observeRollback() {
        return observeRollback(() -> {});
    }

    /** The same, and then something happens before the event of the rollback is sent. */
    AtRollback observeRollback(Runnable action) {
        AtRollback observed = new AtRollback();
        stack.beforeRollback(() -> {
            observed.state = Optional.of(state());
            action.run();
        });
        return observed;
    }

    /** The same, but something happens before the look. */
    AtRollback observeRollbackAfter(Runnable action) {
        AtRollback observed = new AtRollback();
        stack.beforeRollback(() -> {
            action.run();
            observed.state = Optional.of(state());
        });
        return observed;
    }

    /** What {@link #observeRollback} sees. */
    static final class AtRollback {
        private Optional<DatabaseState> state = Optional.empty();

        DatabaseState state() {
            return state.orElseThrow();
        }
    }

    /** The database is the same in everything that {@link DatabaseState} has. */
    void assertState(DatabaseState expected) {
        assertSame(state(), expected);
    }

    /** The same, but for the places of columns in a table: a column that was dropped keeps its place. */
    void assertStateButForPlaces(DatabaseState expected) {
        assertSame(withoutPlaces(state()), withoutPlaces(expected));
    }

    private static void assertSame(DatabaseState found, DatabaseState expected) {
        assertThat(found.differences(expected))
                .as(found.compared("found", expected, "expected"))
                .isEmpty();
    }

    private static DatabaseState withoutPlaces(DatabaseState state) {
        Map<Facet, List<String>> lines = new EnumMap<>(state.lines());
        lines.computeIfPresent(
                Facet.SCHEMA,
                (facet, all) -> all.stream()
                        .map(line -> line.replaceFirst("^(column \\S+) \\d+ ", "$1 "))
                        .toList());
        return new DatabaseState(lines);
    }

    @Override
    public void close() throws SQLException {
        if (observer != null) {
            observer.close();
        }
        database.close();
    }
}
