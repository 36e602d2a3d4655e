package io.github.cdkliquibase.stage.cloudformation;

import io.github.cdkliquibase.stage.function.Invocation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stack as CloudFormation deploys and rolls it back: the function with its layers, a custom resource that depends on them, and
 * a resource that depends on the custom resource and may fail.
 *
 * <p>Resources are changed in the order of their dependencies, in a rollback too. A rollback sends the custom resource an update
 * with old and new properties swapped, if the failed deploy has called it: after its own failure as well as after a success. A
 * resource with unchanged properties is not called, unless its last update failed. {@link StackRules} has what is not documented.
 */
public final class SimulatedStack {

    private static final String INVENTED_ID = "local-deploy-DatabaseMigration-1A2B3C4D5E6F7";
    private static final Set<StackStatus> DEPLOYABLE = EnumSet.of(
            StackStatus.NONE,
            StackStatus.CREATE_COMPLETE,
            StackStatus.CREATE_FAILED,
            StackStatus.UPDATE_COMPLETE,
            StackStatus.UPDATE_FAILED,
            StackStatus.UPDATE_ROLLBACK_COMPLETE);
    private static final Set<StackStatus> WITH_FAILURE =
            EnumSet.of(StackStatus.CREATE_FAILED, StackStatus.UPDATE_FAILED, StackStatus.UPDATE_ROLLBACK_FAILED);

    private final CustomResource resource;
    private final StackRules rules;
    private final List<StackRequest> requests = new ArrayList<>();
    private final Set<String> replacedIds = new LinkedHashSet<>();
    private Runnable beforeRollback = () -> {};
    private StackStatus status = StackStatus.NONE;
    /** The template of the last deploy or rollback that was completed. */
    private @Nullable StackTemplate stable;
    /** Of the last event that succeeded; null as long as the resource is not created. */
    private @Nullable Map<String, Object> properties;
    /** Of the last event, if it failed. */
    private @Nullable Map<String, Object> attempted;

    /** What a deploy does about a failure. */
    public enum OnFailure {
        /** Rolls the stack back. */
        ROLL_BACK,
        /** Leaves it, as {@code cdk deploy --no-rollback} and express mode do. */
        STOP
    }

    private SimulatedStack(CustomResource resource, StackRules rules) {
        this.resource = resource;
        this.rules = rules;
    }

    /**
     * A stack that was never deployed.
     *
     * @param resource its custom resource, which was never deployed either
     */
    public static SimulatedStack of(CustomResource resource, StackRules rules) {
        return new SimulatedStack(resource, rules);
    }

    /** Runs this from now on between the failure of a deploy and the first step of its rollback. */
    public SimulatedStack beforeRollback(Runnable action) {
        beforeRollback = action;
        return this;
    }

    /**
     * Deploys a template: creates the stack or updates it.
     *
     * @return the status of the stack afterwards
     * @throws IllegalStateException if the stack's status allows no deploy
     */
    public StackStatus deploy(StackTemplate template, OnFailure onFailure) {
        require(DEPLOYABLE);
        template.code().run();
        boolean isFirst = status == StackStatus.NONE;
        if (changeTo(template.properties()) && !template.laterResourceFails()) {
            return complete(template, isFirst ? StackStatus.CREATE_COMPLETE : StackStatus.UPDATE_COMPLETE);
        }
        status = isFirst ? StackStatus.CREATE_FAILED : StackStatus.UPDATE_FAILED;
        return onFailure == OnFailure.STOP ? status : rollBack();
    }

    private boolean changeTo(Map<String, Object> next) {
        Map<String, Object> current = properties;
        Map<String, Object> failed = attempted;
        if (current == null) {
            return attempt(next, resource.event(RequestType.CREATE, null, next, null));
        }
        if (failed == null && current.equals(next)) {
            return true;
        }
        boolean fromFailed = failed != null && rules.replaced() == StackRules.Replaced.LAST_ATTEMPT;
        return attempt(next, resource.event(RequestType.UPDATE, id(), next, fromFailed ? failed : current));
    }

    private boolean attempt(Map<String, Object> next, CustomResourceEvent event) {
        boolean succeeded = send(event, StackRules.Delivery.ONCE).succeeded();
        attempted = succeeded ? null : next;
        if (succeeded) {
            properties = next;
        }
        return succeeded;
    }

    /**
     * Takes the stack back to the last template that was completed, as {@code cdk rollback} does; also as another attempt of a
     * rollback that failed.
     *
     * @return the status of the stack afterwards
     * @throws IllegalStateException if the stack's status has nothing to take back
     */
    public StackStatus rollBack() {
        require(WITH_FAILURE);
        beforeRollback.run();
        StackTemplate target = stable;
        if (target == null) {
            boolean deleted = sendDelete(id()).succeeded();
            status = deleted ? StackStatus.ROLLBACK_COMPLETE : StackStatus.ROLLBACK_FAILED;
            return status;
        }
        if (rules.code() == StackRules.Code.FIRST) {
            target.code().run();
        }
        boolean succeeded = takeBackTo(target.properties());
        if (rules.code() == StackRules.Code.LAST) {
            target.code().run();
        }
        if (!succeeded) {
            status = StackStatus.UPDATE_ROLLBACK_FAILED;
            return status;
        }
        properties = target.properties();
        attempted = null;
        return complete(target, StackStatus.UPDATE_ROLLBACK_COMPLETE);
    }

    private boolean takeBackTo(Map<String, Object> target) {
        Map<String, Object> from = attempted == null ? Objects.requireNonNull(properties) : attempted;
        if (attempted == null && from.equals(target)) {
            return true;
        }
        return send(resource.event(RequestType.UPDATE, id(), target, from), rules.delivery())
                .succeeded();
    }

    // The cleanup: CloudFormation deletes what was replaced, and a failure there changes nothing.
    private StackStatus complete(StackTemplate template, StackStatus complete) {
        stable = template;
        status = complete;
        replacedIds.remove(id());
        List.copyOf(replacedIds).forEach(this::sendDelete);
        replacedIds.clear();
        return status;
    }

    /** Deletes the stack, and returns its status afterwards. */
    public StackStatus delete() {
        status = sendDelete(id()).succeeded() ? StackStatus.DELETE_COMPLETE : StackStatus.DELETE_FAILED;
        return status;
    }

    private Answer sendDelete(String id) {
        Map<String, Object> last = attempted == null ? properties : attempted;
        return send(
                resource.event(RequestType.DELETE, id, last == null ? Map.of() : last, null), StackRules.Delivery.ONCE);
    }

    private Answer send(CustomResourceEvent event, StackRules.Delivery delivery) {
        List<Answer> answers = new ArrayList<>(List.of(resource.send(event)));
        boolean again = switch (delivery) {
            case ONCE -> false;
            case TWICE -> true;
            case AGAIN_AFTER_DEATH -> answers.getFirst().invocation() instanceof Invocation.Exited;
        };
        if (again) {
            answers.add(resource.send(event));
        }
        StackRequest request = new StackRequest(event, answers);
        requests.add(request);
        String before = event.physicalResourceId();
        if (event.requestType() == RequestType.UPDATE && before != null) {
            replacedIds.add(before);
        }
        return request.answer();
    }

    // CloudFormation invents one where a Create was not answered.
    private String id() {
        return resource.physicalResourceId().orElse(INVENTED_ID);
    }

    private void require(Set<StackStatus> allowed) {
        if (!allowed.contains(status)) {
            throw new IllegalStateException("Status of the stack must be one of %s, is %s".formatted(allowed, status));
        }
    }

    /** The state of the stack. */
    public StackStatus status() {
        return status;
    }

    /** All requests to the custom resource so far. */
    public List<StackRequest> requests() {
        return List.copyOf(requests);
    }

    /**
     * The newest request.
     *
     * @throws java.util.NoSuchElementException if there was none
     */
    public StackRequest lastRequest() {
        return requests.getLast();
    }
}
