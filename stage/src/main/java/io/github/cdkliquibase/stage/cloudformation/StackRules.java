package io.github.cdkliquibase.stage.cloudformation;

/**
 * Behaviour of CloudFormation that is not documented, or that depends on how the function is called. Immutable: the {@code with}
 * methods return changed copies.
 *
 * @param code when a rollback takes back the function's code and layers
 * @param replaced what an update after a failed one replaces
 * @param delivery how often the function gets the event of a rollback
 */
public record StackRules(Code code, Replaced replaced, Delivery delivery) {

    /**
     * The order of a template's dependencies, the properties of the last success, each event once.
     */
    public static final StackRules USUAL = new StackRules(Code.FIRST, Replaced.LAST_SUCCESS, Delivery.ONCE);

    /** When a rollback takes back the function's code and layers. */
    public enum Code {
        /** Before the custom resource, which depends on them. */
        FIRST,
        /** After it: the event of the rollback meets the new ones. */
        LAST
    }

    /**
     * The {@code OldResourceProperties} of an update that follows a failed one with rollback off. AWS does not document
     * them.
     */
    public enum Replaced {
        /** The properties of the last update that succeeded. */
        LAST_SUCCESS,
        /** The properties of the update that failed. */
        LAST_ATTEMPT
    }

    /** How often the function gets the event of a rollback. */
    public enum Delivery {
        ONCE,
        /** One more time after its end, as Lambda may do with an asynchronous event. */
        TWICE,
        /** One more time if the process died, as Lambda does with an asynchronous event unless its retries are off. */
        AGAIN_AFTER_DEATH
    }

    /** The same with another moment for code and layers. */
    public StackRules with(Code newCode) {
        return new StackRules(newCode, replaced, delivery);
    }

    /** The same with other replaced properties. */
    public StackRules with(Replaced newReplaced) {
        return new StackRules(code, newReplaced, delivery);
    }

    /** The same with another number of deliveries. */
    public StackRules with(Delivery newDelivery) {
        return new StackRules(code, replaced, newDelivery);
    }
}
