package io.github.cdkliquibase.infra.migration;

/** What kind of database is migrated. */
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
