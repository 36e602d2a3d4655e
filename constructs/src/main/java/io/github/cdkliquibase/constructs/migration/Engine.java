package io.github.cdkliquibase.constructs.migration;

/** The kind of database that is migrated. There is one value so far. */
public enum Engine {
    /** Aurora PostgreSQL, RDS for PostgreSQL, PostgreSQL. */
    POSTGRESQL("postgresql");

    private final String word;

    Engine(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
