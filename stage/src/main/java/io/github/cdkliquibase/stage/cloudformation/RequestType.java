package io.github.cdkliquibase.stage.cloudformation;

/** What CloudFormation asks of a custom resource. */
public enum RequestType {
    CREATE("Create"),
    UPDATE("Update"),
    DELETE("Delete");

    private final String word;

    RequestType(String word) {
        this.word = word;
    }

    /** The word that stands in the event, such as {@code Create}. */
    public String word() {
        return word;
    }
}
