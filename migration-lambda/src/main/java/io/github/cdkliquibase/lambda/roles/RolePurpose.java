package io.github.cdkliquibase.lambda.roles;

/** The purpose of a role. */
public enum RolePurpose {
    /** Owns the objects and runs the migrations. */
    OWNER("Owner"),
    /** Works with the rows. */
    APPLICATION("Application"),
    /** Reads the rows. */
    READ_ONLY("ReadOnly");

    private final String property;

    RolePurpose(String property) {
        this.property = property;
    }

    /** The name of the property that describes such a role. */
    public String property() {
        return property;
    }
}
