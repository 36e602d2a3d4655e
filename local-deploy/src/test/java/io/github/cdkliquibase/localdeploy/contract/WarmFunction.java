package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Tests of one function that is warm, behind Provider unless said otherwise, each with an empty changelog folder and an empty embedded database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WarmFunction {

    private final Duration timeout;
    private final Function<UnaryOperator<FunctionSettings>, Stage> door;

    EmbeddedDatabase server;
    Stage stage;
    EmbeddedDatabase database;
    Administrator administrator;

    WarmFunction(Duration timeout) {
        this(timeout, Stage::behindProvider);
    }

    WarmFunction(Duration timeout, Function<UnaryOperator<FunctionSettings>, Stage> door) {
        this.timeout = timeout;
        this.door = door;
    }

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start();
        stage = door.apply(settings -> made(settings.withTimeout(timeout)));
        stage.sql("--changeset ann:1\nselect 1;\n");
        stage.warmUp(stage.properties(server, Map.of()));
    }

    /** The function's settings, which a class may change. */
    FunctionSettings made(FunctionSettings settings) {
        return settings;
    }

    @AfterAll
    void stop() {
        stage.close();
        server.close();
    }

    @BeforeEach
    void prepare() {
        database = server.another();
        administrator = new Administrator(database);
        stage.empty();
        stage.newLogLines();
    }

    @AfterEach
    void nothingLeaks() {
        stage.nothingLeaked();
        administrator.close();
        database.close();
    }

    /** Creates a new resource on the test's database. */
    Answer deploy() {
        return deploy(Map.of());
    }

    Answer deploy(Map<String, ?> more) {
        return stage.resource().create(stage.properties(database, more));
    }
}
