package io.github.cdkliquibase.stage.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.cdkliquibase.stage.cloudformation.SimulatedStack.OnFailure;
import io.github.cdkliquibase.stage.function.Invocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatedStackTest {

    private static final String ARN = "arn:aws:lambda:eu-central-1:111122223333:function:f";
    private static final Invocation OK = new Invocation.Success("{\"PhysicalResourceId\":\"id\"}", Duration.ZERO);
    private static final Invocation OTHER_ID =
            new Invocation.Success("{\"PhysicalResourceId\":\"other\"}", Duration.ZERO);
    private static final Invocation FAILS =
            new Invocation.FunctionError("E", "no", "{\"errorMessage\":\"no\"}", Duration.ZERO);
    private static final Invocation DIES = new Invocation.Exited("r", 137, Duration.ZERO);

    private final ResponseBucket bucket = ResponseBucket.open();
    private final List<String> steps = new ArrayList<>();

    @AfterEach
    void close() {
        bucket.close();
    }

    @Test
    void aFailedUpdateIsUpdatedBackAfterItsCode() {
        SimulatedStack stack = stack(StackRules.USUAL, OK, FAILS, OK);
        stack.beforeRollback(() -> steps.add("rollback"));

        assertThat(stack.deploy(template("1"), OnFailure.ROLL_BACK)).isEqualTo(StackStatus.CREATE_COMPLETE);
        assertThat(stack.deploy(template("2"), OnFailure.ROLL_BACK)).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);

        assertThat(steps).containsExactly("code 1", "event", "code 2", "event", "rollback", "code 1", "event");
        assertThat(told(stack)).containsExactly("Create to 1", "Update 1 to 2", "Update 2 to 1");
    }

    @Test
    void anUpdateThatSucceededIsUpdatedBackWhenALaterResourceFails() {
        SimulatedStack stack = stack(StackRules.USUAL, OK, OK, OK, OK);
        stack.deploy(template("1"), OnFailure.ROLL_BACK);

        assertThat(stack.deploy(failingLater("2"), OnFailure.ROLL_BACK))
                .isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        stack.deploy(template("3"), OnFailure.ROLL_BACK);

        assertThat(told(stack)).containsExactly("Create to 1", "Update 1 to 2", "Update 2 to 1", "Update 1 to 3");
    }

    @Test
    void aResourceWithUnchangedPropertiesIsNotCalledNorUpdatedBack() {
        SimulatedStack stack = stack(StackRules.USUAL, OK);
        stack.deploy(template("1"), OnFailure.ROLL_BACK);

        assertThat(stack.deploy(failingLater("1"), OnFailure.ROLL_BACK))
                .isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertThat(stack.requests()).hasSize(1);
    }

    @Test
    void codeMayBeTakenBackAfterTheResource() {
        SimulatedStack stack = stack(StackRules.USUAL.with(StackRules.Code.LAST), OK, FAILS, OK);
        stack.deploy(template("1"), OnFailure.ROLL_BACK);
        stack.deploy(template("2"), OnFailure.ROLL_BACK);

        assertThat(steps).endsWith("code 2", "event", "event", "code 1");
    }

    @Test
    void withRollbackOffTheNextDeployComesFromTheLastSuccessOrTheLastAttempt() {
        SimulatedStack fromSuccess = stack(StackRules.USUAL, OK, FAILS, OK);
        SimulatedStack fromAttempt = stack(StackRules.USUAL.with(StackRules.Replaced.LAST_ATTEMPT), OK, FAILS, OK);
        for (SimulatedStack stack : List.of(fromSuccess, fromAttempt)) {
            stack.deploy(template("1"), OnFailure.STOP);
            assertThat(stack.deploy(template("2"), OnFailure.STOP)).isEqualTo(StackStatus.UPDATE_FAILED);
            assertThat(stack.deploy(template("3"), OnFailure.STOP)).isEqualTo(StackStatus.UPDATE_COMPLETE);
        }

        assertThat(told(fromSuccess)).last().isEqualTo("Update 1 to 3");
        assertThat(told(fromAttempt)).last().isEqualTo("Update 2 to 3");
    }

    @Test
    void aResourceThatFailedIsCalledAgainWithTheSameProperties() {
        SimulatedStack stack = stack(StackRules.USUAL, OK, FAILS, OK);
        stack.deploy(template("1"), OnFailure.STOP);
        stack.deploy(template("2"), OnFailure.STOP);
        stack.deploy(template("2"), OnFailure.STOP);

        assertThat(told(stack)).endsWith("Update 1 to 2", "Update 1 to 2");
    }

    @Test
    void aLaterRollbackGoesFromTheLastAttemptToTheLastCompletedDeploy() {
        SimulatedStack stack = stack(StackRules.USUAL, OK, FAILS, OK, OK);
        stack.deploy(template("1"), OnFailure.STOP);
        stack.deploy(template("2"), OnFailure.STOP);
        stack.deploy(failingLater("3"), OnFailure.STOP);

        assertThat(stack.rollBack()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertThat(told(stack)).last().isEqualTo("Update 3 to 1");
    }

    @Test
    void aRollbackThatFailedIsTriedAgain() {
        SimulatedStack stack = stack(StackRules.USUAL, OK, FAILS, DIES, OK);
        stack.deploy(template("1"), OnFailure.ROLL_BACK);

        assertThat(stack.deploy(template("2"), OnFailure.ROLL_BACK)).isEqualTo(StackStatus.UPDATE_ROLLBACK_FAILED);
        assertThatIllegalStateException().isThrownBy(() -> stack.deploy(template("3"), OnFailure.ROLL_BACK));
        assertThat(stack.rollBack()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertThat(told(stack)).endsWith("Update 2 to 1", "Update 2 to 1");
        assertThatIllegalStateException().isThrownBy(stack::rollBack);
    }

    @Test
    void theSameEventIsDeliveredAgain() {
        SimulatedStack stack = stack(StackRules.USUAL.with(StackRules.Delivery.TWICE), OK, FAILS, DIES, OK);
        stack.deploy(template("1"), OnFailure.ROLL_BACK);

        assertThat(stack.deploy(template("2"), OnFailure.ROLL_BACK)).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertThat(stack.requests()).hasSize(3);
        assertThat(stack.lastRequest().answers()).extracting(Answer::succeeded).containsExactly(false, true);
    }

    @Test
    void anEventWhoseProcessDiedIsDeliveredAgain() {
        StackRules rules = StackRules.USUAL.with(StackRules.Delivery.AGAIN_AFTER_DEATH);
        SimulatedStack died = stack(rules, OK, FAILS, DIES, OK);
        SimulatedStack lived = stack(rules, OK, FAILS, OK);
        for (SimulatedStack stack : List.of(died, lived)) {
            stack.deploy(template("1"), OnFailure.ROLL_BACK);
            stack.deploy(template("2"), OnFailure.ROLL_BACK);
        }

        assertThat(died.lastRequest().answers()).hasSize(2);
        assertThat(lived.lastRequest().answers()).hasSize(1);
    }

    @Test
    void aFailedFirstDeployIsDeletedUnlessRollbackIsOff() {
        SimulatedStack stack = SimulatedStack.of(CustomResource.direct(ARN, event -> DIES, bucket), StackRules.USUAL);

        assertThat(stack.deploy(template("1"), OnFailure.STOP)).isEqualTo(StackStatus.CREATE_FAILED);
        assertThat(stack.rollBack()).isEqualTo(StackStatus.ROLLBACK_FAILED);
        assertThat(stack.lastRequest().event().physicalResourceId()).startsWith("local-deploy-DatabaseMigration-");

        SimulatedStack behindProvider = stack(StackRules.USUAL, FAILS);
        assertThat(behindProvider.deploy(template("1"), OnFailure.ROLL_BACK)).isEqualTo(StackStatus.ROLLBACK_COMPLETE);
        assertThat(told(behindProvider)).containsExactly("Create to 1", "Delete 1");
    }

    @Test
    void aReplacedIdIsDeletedAtTheEndOfTheOperation() {
        SimulatedStack stack = stack(StackRules.USUAL, OK, OTHER_ID, FAILS);
        stack.deploy(template("1"), OnFailure.ROLL_BACK);

        assertThat(stack.deploy(template("2"), OnFailure.ROLL_BACK)).isEqualTo(StackStatus.UPDATE_COMPLETE);
        assertThat(told(stack)).last().isEqualTo("Delete 2");
        assertThat(stack.lastRequest().event().physicalResourceId()).isEqualTo("id");
    }

    @Test
    void aDeleteSendsTheLastProperties() {
        SimulatedStack stack = stack(StackRules.USUAL, OK, OK);
        stack.deploy(template("1"), OnFailure.ROLL_BACK);

        assertThat(stack.delete()).isEqualTo(StackStatus.DELETE_COMPLETE);
        assertThat(told(stack)).last().isEqualTo("Delete 1");
    }

    private StackTemplate template(String a) {
        return new StackTemplate(Map.of("A", a), () -> steps.add("code " + a), false);
    }

    private StackTemplate failingLater(String a) {
        return new StackTemplate(Map.of("A", a), () -> steps.add("code " + a), true);
    }

    private SimulatedStack stack(StackRules rules, Invocation... invocations) {
        List<Invocation> left = new ArrayList<>(List.of(invocations));
        CustomResource resource = CustomResource.behindProvider(
                ARN,
                event -> {
                    steps.add("event");
                    return left.removeFirst();
                },
                bucket);
        return SimulatedStack.of(resource, rules);
    }

    // The requests in words, with the values of the property A.
    private static List<String> told(SimulatedStack stack) {
        return stack.requests().stream()
                .map(StackRequest::event)
                .map(event -> switch (event.requestType()) {
                    case CREATE -> "Create to " + event.properties().get("A");
                    case UPDATE ->
                        "Update %s to %s"
                                .formatted(
                                        Objects.requireNonNull(event.oldProperties())
                                                .get("A"),
                                        event.properties().get("A"));
                    case DELETE -> "Delete " + event.properties().get("A");
                })
                .toList();
    }
}
