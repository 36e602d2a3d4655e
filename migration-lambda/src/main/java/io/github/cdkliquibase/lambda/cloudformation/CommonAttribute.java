package io.github.cdkliquibase.lambda.cloudformation;

/** The attributes of the answers to every kind of resource. */
public enum CommonAttribute implements Attribute {
    /** How long the work for the event took, in milliseconds. */
    ELAPSED_MILLIS("ElapsedMillis", "0"),
    /** The version of the function. */
    VERSION("Version", ""),
    /** {@code true} if the event was taken for a stack rollback, else {@code false}. */
    STACK_ROLLBACK("StackRollback", "false");

    private final String key;
    private final String whenNothingRan;

    CommonAttribute(String key, String whenNothingRan) {
        this.key = key;
        this.whenNothingRan = whenNothingRan;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String whenNothingRan() {
        return whenNothingRan;
    }
}
