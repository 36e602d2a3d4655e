package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.cloudformation.Attribute;
import io.github.cdkliquibase.lambda.roles.RolePurpose;

/** The attributes of the answers to the resource of the roles, besides the common ones. */
public enum RolesAttribute implements Attribute {
    /** The name of the role that owns all objects. */
    OWNER_NAME("OwnerName", ""),
    /** The name of the role that works with the rows; empty if there is none. */
    APPLICATION_NAME("ApplicationName", ""),
    /** The name of the role that reads the rows; empty if there is none. */
    READ_ONLY_NAME("ReadOnlyName", ""),
    /** How many things were changed. */
    CHANGES("Changes", "0"),
    /** What had been changed by hand since the last deploy, and was set right; empty if nothing. */
    DRIFT("Drift", ""),
    /** How many tables, views and sequences a probe looked at. */
    PROBED_TABLES("ProbedTables", "0");

    private final String key;
    private final String whenNothingRan;

    RolesAttribute(String key, String whenNothingRan) {
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

    /** The attribute with the name of the role of a purpose. */
    static RolesAttribute nameOf(RolePurpose purpose) {
        return switch (purpose) {
            case OWNER -> OWNER_NAME;
            case APPLICATION -> APPLICATION_NAME;
            case READ_ONLY -> READ_ONLY_NAME;
        };
    }
}
