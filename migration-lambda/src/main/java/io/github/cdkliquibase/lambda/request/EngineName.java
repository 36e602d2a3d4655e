package io.github.cdkliquibase.lambda.request;

/** The kind of a database. */
public enum EngineName {
    /** Aurora PostgreSQL, PostgreSQL on RDS, or any other PostgreSQL. */
    POSTGRESQL("postgresql");

    private final String word;

    EngineName(String word) {
        this.word = word;
    }

    /** The word that the property uses. */
    public String word() {
        return word;
    }
}
