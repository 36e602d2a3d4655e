package io.github.cdkliquibase.localdeploy.differential;

import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.localdeploy.differential.DifferentialCase.PlainTarget;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Deploys cases to databases, with the function or with plain Liquibase. */
final class CasePlayer implements AutoCloseable {

    private final Databases databases = Databases.start();
    private final Map<String, PlainLiquibase> plains = new HashMap<>();
    private final Map<StageKey, Stage> stages = new HashMap<>();
    private final Map<String, List<Path>> layers = new HashMap<>();

    private record StageKey(Duration remaining, String layer) {}

    /**
     * What came of a case.
     *
     * @param states the database after each deploy
     * @param told how each deploy ended, in words
     * @param data what each deploy answered; empty where plain Liquibase made it
     * @param log what the function wrote, a line each
     * @param holds whether that is so of which the case says that it must be
     */
    record Played(
            List<DatabaseState> states,
            List<String> told,
            List<Map<String, String>> data,
            List<String> log,
            boolean holds) {}

    Databases databases() {
        return databases;
    }

    PlainLiquibase plain(String version) {
        return plains.computeIfAbsent(version, PlainLiquibase::start);
    }

    Stage stage() {
        return stage(Duration.ofSeconds(60), "");
    }

    private Stage stage(Duration remaining, String layer) {
        // As the construct sets it.
        return stages.computeIfAbsent(
                new StageKey(remaining, layer),
                key -> Stage.behindProvider(settings -> settings.withTimeout(remaining)
                        .withLayerJars(jars(layer))
                        .withVariable("LC_ALL", "C.UTF-8")));
    }

    private List<Path> jars(String layer) {
        return layers.computeIfAbsent(layer, CaseLayers::of);
    }

    /** Plays a case with plain Liquibase alone. */
    Played withPlain(DifferentialCase played, String version) {
        TargetDatabase database = databases.create();
        List<DatabaseState> states = new ArrayList<>();
        List<String> told = new ArrayList<>();
        for (int deploy = 1; deploy <= played.deploys(); deploy++) {
            if (played.isDeleted(deploy)) {
                databases.drop(database);
                database = databases.create();
                setUp(played, 1, database);
                continue;
            }
            setUp(played, deploy, database);
            PlainAnswer answer = byPlain(played, deploy, database, version);
            // A person does so, after looking, where a process has died with it.
            releaseLock(database, played.tables());
            states.add(databases.state(answer.ok(), database, played.tables()));
            told.add(answer.failure());
        }
        boolean holds = holds(played, database);
        databases.drop(database);
        return new Played(states, told, List.of(), List.of(), holds);
    }

    /** Plays a case with the function, but for the deploys that it leaves to plain Liquibase. */
    Played withFunction(DifferentialCase played, String version) {
        TargetDatabase database = databases.create();
        Stage stage = stage(played.remaining(), played.layer());
        int logged = stage.function.output().size();
        CustomResource resource = stage.resource();
        boolean created = false;
        List<DatabaseState> states = new ArrayList<>();
        List<String> told = new ArrayList<>();
        List<Map<String, String>> data = new ArrayList<>();
        for (int deploy = 1; deploy <= played.deploys(); deploy++) {
            setUp(played, deploy, database);
            if (played.isDeleted(deploy)) {
                Answer answer = resource.delete();
                if (!answer.succeeded()) {
                    throw new AssertionError("The delete failed: " + answer.reason());
                }
                resource = stage.resource();
                created = false;
                continue;
            }
            boolean ok;
            if (played.isByPlain(deploy)) {
                PlainAnswer answer = byPlain(played, deploy, database, version);
                ok = answer.ok();
                told.add(answer.failure());
                data.add(Map.of());
            } else {
                stage.empty();
                copy(played.changelog(deploy), stage.changelogs());
                Map<String, Object> properties = stage.properties(database, played.properties(deploy));
                Answer answer = created ? resource.update(properties) : resource.create(properties);
                ok = answer.succeeded();
                created |= ok;
                told.add(answer.reason());
                data.add(answer.data());
            }
            states.add(databases.state(ok, database, played.tables()));
        }
        List<String> output = stage.function.output();
        boolean holds = holds(played, database);
        databases.drop(database);
        return new Played(states, told, data, output.subList(logged, output.size()), holds);
    }

    private boolean holds(DifferentialCase played, TargetDatabase database) {
        return played.holds().isEmpty() || databases.holds(database, played.holds());
    }

    private void setUp(DifferentialCase played, int deploy, TargetDatabase database) {
        Optional<Path> script = played.setup(deploy);
        if (script.isPresent()) {
            try {
                SetupScript.run(script.get(), databases, database);
            } catch (SQLException e) {
                throw new AssertionError("Case '%s' cannot be set up".formatted(played.name()), e);
            }
        }
    }

    private PlainAnswer byPlain(DifferentialCase played, int deploy, TargetDatabase database, String version) {
        PlainTarget target =
                new PlainTarget(database.jdbcUrl() + "?sslmode=disable", database.username(), database.password());
        List<String> jars = jars(played.layer()).stream().map(Path::toString).toList();
        return plain(version).update(played.plain(deploy, target, played.changelog(deploy), jars));
    }

    private void releaseLock(TargetDatabase database, HistoryTables tables) {
        databases.execute(database, """
                do $$ declare place regclass; begin
                  for place in select oid from pg_class where relname = '%s' and relkind = 'r' loop
                    execute format('update %%s set locked = false, lockgranted = null, lockedby = null where locked', place);
                  end loop;
                end $$""".formatted(tables.lock()));
    }

    static void copy(Path from, Path to) {
        ScratchFolder.copy(from, to);
    }

    @Override
    public void close() {
        stages.values().forEach(Stage::close);
        plains.values().forEach(PlainLiquibase::close);
        databases.close();
    }
}
