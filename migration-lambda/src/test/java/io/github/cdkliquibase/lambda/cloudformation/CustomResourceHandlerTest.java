package io.github.cdkliquibase.lambda.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Which work is called for which event, and what becomes of its outcome. */
final class CustomResourceHandlerTest {

    private static final TestContext CONTEXT = new TestContext("arn:function", 30_000);
    private static final Map<String, Object> EARLIER = Map.of("DeployedAt", "2026-11-19T00:00:00Z");
    private static final Map<String, Object> LATER = Map.of("DeployedAt", "2026-11-20T00:00:00Z");

    private enum ColourAttribute implements Attribute {
        COLOUR;

        @Override
        public String key() {
            return "Colour";
        }

        @Override
        public String whenNothingRan() {
            return "white";
        }
    }

    /** Work that paints, and fails in the colour of its choice. */
    private static final class Painting implements ResourceWork {

        private final List<String> called = new ArrayList<>();
        private Optional<Outcome> later = Optional.empty();
        private Optional<MigrationException> failure = Optional.empty();
        private boolean isDeploy;

        @Override
        public Outcome apply(CustomResourceEvent event, Deadline deadline) {
            called.add("apply");
            failure.ifPresent(e -> {
                throw e;
            });
            return outcome("red");
        }

        @Override
        public Outcome rollBack(CustomResourceEvent event, Deadline deadline) {
            called.add("rollBack");
            return outcome("grey");
        }

        @Override
        public Outcome delete(CustomResourceEvent event, Deadline deadline) {
            called.add("delete");
            return outcome("black");
        }

        @Override
        public Optional<Outcome> goOn(CustomResourceEvent event, Deadline deadline) {
            failure.ifPresent(e -> {
                throw e;
            });
            return later;
        }

        @Override
        public boolean isDeploy(CustomResourceEvent event, Deadline deadline) {
            return isDeploy;
        }

        @Override
        public boolean isStuck() {
            return false;
        }

        private static Outcome outcome(String colour) {
            return new Outcome(
                    Attributes.whereNothingRan(ColourAttribute.values()).with(ColourAttribute.COLOUR, colour),
                    "painted",
                    0);
        }
    }

    private static final class Handler extends CustomResourceHandler {

        Handler(ResourceWork work) {
            super(work, Rehearsal.none());
        }
    }

    private final Painting work = new Painting();
    private final Handler handler = new Handler(work);

    @Test
    void eachKindOfEventCallsItsWork() {
        assertThat(colour(event("Create", EARLIER))).isEqualTo("red");
        assertThat(colour(update(EARLIER, LATER))).isEqualTo("red");
        assertThat(colour(update(LATER, EARLIER))).isEqualTo("grey");
        assertThat(colour(event("Delete", EARLIER))).isEqualTo("black");

        assertThat(work.called).containsExactly("apply", "apply", "rollBack", "delete");
    }

    @Test
    void anEarlierStampIsADeployWhereNoDeployHasBeen() {
        work.isDeploy = true;

        assertThat(data(update(LATER, EARLIER))).containsEntry("Colour", "red").containsEntry("StackRollback", "false");
    }

    @Test
    void anAnswerHasTheAttributesOfTheKindAndTheCommonOnes() {
        assertThat(data(update(LATER, EARLIER)))
                .containsOnlyKeys("Colour", "ElapsedMillis", "Version", "StackRollback")
                .containsEntry("StackRollback", "true")
                .doesNotContainEntry("Version", "");
        assertThat(data(event("Create", LATER))).containsEntry("StackRollback", "false");
    }

    @Test
    void anAttributeThatIsNotDeclaredIsNotAnswered() {
        Attributes common = Attributes.whereNothingRan(CommonAttribute.values());

        assertThatThrownBy(() -> common.with(ColourAttribute.COLOUR, "red"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Attribute 'Colour' is not declared");
    }

    @Test
    void theWaiterGetsTheAttributesOfWorkThatGoesOn() {
        work.later = Optional.of(Painting.outcome("blue"));

        Map<String, Object> answer = handler.isComplete(event("Create", EARLIER), CONTEXT);

        assertThat(answer).containsEntry("IsComplete", true);
        assertThat(answer.get("Data"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                .containsEntry("Colour", "blue")
                .containsKey("ElapsedMillis");
    }

    @Test
    void theWaiterGetsTheReasonOfWorkThatFailsLater() {
        work.failure = Optional.of(new MigrationException("the paint is dry"));

        assertThatThrownBy(() -> handler.isComplete(event("Create", EARLIER), CONTEXT))
                .hasMessage("the paint is dry");
    }

    private String colour(Map<String, Object> event) {
        return Objects.requireNonNull(data(event).get("Colour"));
    }

    @SuppressWarnings("unchecked")
    private Map<String, String> data(Map<String, Object> event) {
        return (Map<String, String>)
                Objects.requireNonNull(handler.onEvent(event, CONTEXT).get("Data"));
    }

    private static Map<String, Object> update(Map<String, Object> from, Map<String, Object> to) {
        Map<String, Object> event = event("Update", to);
        event.put("OldResourceProperties", from);
        return event;
    }

    private static Map<String, Object> event(String type, Map<String, Object> properties) {
        Map<String, Object> event = new HashMap<>();
        event.put("RequestType", type);
        event.put("StackId", "stack");
        event.put("LogicalResourceId", "Picture");
        event.put("ServiceToken", "arn:provider");
        event.put("ResourceProperties", properties);
        return event;
    }
}
