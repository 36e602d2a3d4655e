package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;

/** Tests that deploy one resource several times. A deploy is short if nothing can be pending, and full otherwise. */
abstract class RepeatedDeploys extends WarmFunction {

    static final String HEADER = "--liquibase formatted sql\n";
    static final String ONE = "--changeset ann:1\nselect 1;\n";
    static final String TWO = ONE + "--changeset ann:2\nselect 2;\n";

    CustomResource resource;

    RepeatedDeploys(Duration timeout) {
        super(timeout);
    }

    RepeatedDeploys(Duration timeout, Function<UnaryOperator<FunctionSettings>, Stage> door) {
        super(timeout, door);
    }

    @BeforeEach
    void neverDeployed() {
        resource = stage.resource();
    }

    /** Deploys the test's resource. */
    @Override
    Answer deploy(Map<String, ?> more) {
        return deploy(resource, more);
    }

    /** Creates a resource on the test's database, or updates it. */
    Answer deploy(CustomResource deployed, Map<String, ?> more) {
        Map<String, Object> properties = stage.properties(database, more);
        return deployed.physicalResourceId().isPresent() ? deployed.update(properties) : deployed.create(properties);
    }

    Answer assertFull() {
        return assertFull(deploy());
    }

    Answer assertShort() {
        return assertShort(deploy());
    }

    static Answer assertFull(Answer answer) {
        assertSucceeded(answer);
        assertThat(answer.data()).containsEntry("Unchanged", "false");
        return answer;
    }

    static Answer assertShort(Answer answer) {
        assertSucceeded(answer);
        assertThat(answer.data())
                .containsEntry("Unchanged", "true")
                .containsEntry("AppliedChangesets", "0")
                .containsEntry("DeploymentId", "")
                .containsEntry("RestorePoint", "");
        return answer;
    }

    /** The deploy was full and has executed so many changesets. */
    static void assertApplied(int changesets, Answer answer) {
        assertThat(assertFull(answer).data()).containsEntry("AppliedChangesets", String.valueOf(changesets));
    }

    static void assertSucceeded(Answer answer) {
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }

    /** The lines of an event since the last look at the log. */
    List<JsonNode> logged(String event) {
        return stage.newLogLines().stream()
                .filter(line -> line.path("event").asText().equals(event))
                .toList();
    }

    /** The tables of a schema, in the order of their names. */
    String tables(String schema) {
        return administrator.text(
                "select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = '%s'"
                        .formatted(schema));
    }

    /** Properties, plus one or instead of one. */
    static Map<String, Object> with(Map<String, ?> properties, String name, String value) {
        return with(properties, Map.of(name, value));
    }

    /** Properties, plus others or instead of others. */
    static Map<String, Object> with(Map<String, ?> properties, Map<String, ?> more) {
        Map<String, Object> all = new HashMap<>(properties);
        all.putAll(more);
        return all;
    }
}
