package io.github.cdkliquibase.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.lambda.cloudformation.Attribute;
import io.github.cdkliquibase.lambda.cloudformation.CommonAttribute;
import io.github.cdkliquibase.lambda.cloudformation.TestContext;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the doors of the roles answer without a database. With one: see the module local-deploy. */
final class RolesHandlerTest {

    private static final String FUNCTION = "arn:aws:lambda:eu-west-1:1:function:roles";
    private static final TestContext CONTEXT = new TestContext(FUNCTION, 30_000);
    private static final Map<String, Object> ROLES = Map.of("Name", "migrator");

    @ParameterizedTest
    @ValueSource(strings = {"RECONCILE", "PROBE"})
    void aStackRollbackSucceedsWithoutADatabase(String action) {
        Map<String, Object> event = event(
                "Update",
                Map.of("Action", action, "DeployedAt", "2026-11-19T00:00:00Z", "SecretArn", "old", "Owner", ROLES));
        event.put("OldResourceProperties", Map.of("DeployedAt", "2026-11-20T00:00:00Z"));

        Map<String, Object> answer = handler().onEvent(event, CONTEXT);

        assertThat(answer).containsEntry("PhysicalResourceId", "given");
        assertThat(answer.get("Data"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                .containsEntry("StackRollback", "true")
                .containsEntry("OwnerName", "migrator")
                .containsEntry("ApplicationName", "")
                .containsEntry("ReadOnlyName", "")
                .containsEntry("Changes", "0")
                .containsEntry("Drift", "")
                .containsEntry("ProbedTables", "0")
                .containsKey("ElapsedMillis");
    }

    @Test
    void anAnswerHasEveryDeclaredAttributeAndNoOther() {
        assertThat(handler().onEvent(event("Delete", Map.of()), CONTEXT).get("Data"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                .containsOnlyKeys(Stream.<Attribute>concat(
                                Stream.of(RolesAttribute.values()), Stream.of(CommonAttribute.values()))
                        .map(Attribute::key)
                        .toList());
    }

    @Test
    void aDeleteSucceedsWithoutADatabaseUnlessItIsOursToDrop() {
        assertThat(handler().onEvent(event("Delete", Map.of("OnDelete", "RETAIN", "Nonsense", "1")), CONTEXT))
                .containsEntry("PhysicalResourceId", "given");
        assertThat(handler().onEvent(event("Delete", Map.of("OnDelete", "REASSIGN_AND_DROP")), CONTEXT))
                .containsEntry("PhysicalResourceId", "given");
    }

    @Test
    void eachDoorNamesTheOtherOneOfThisVeryClass() {
        Map<String, Object> event = event("Create", Map.of());
        event.put("ServiceToken", FUNCTION);

        assertThatThrownBy(() -> handler().onEvent(event, CONTEXT))
                .hasMessage("This function is the service token itself, so its handler must be"
                        + " 'io.github.cdkliquibase.lambda.RolesHandler::handleRequest', not '::onEvent'");
    }

    private static RolesHandler handler() {
        return new RolesHandler(() -> {
            throw new AssertionError("Nothing is to be done");
        });
    }

    private static Map<String, Object> event(String type, Map<String, Object> properties) {
        Map<String, Object> event = new HashMap<>();
        event.put("RequestType", type);
        event.put("ResponseURL", "http://127.0.0.1:1/");
        event.put("StackId", "stack");
        event.put("RequestId", "request");
        event.put("LogicalResourceId", "Roles");
        event.put("PhysicalResourceId", "given");
        event.put("ServiceToken", "arn:provider");
        event.put("ResourceProperties", properties);
        return event;
    }
}
