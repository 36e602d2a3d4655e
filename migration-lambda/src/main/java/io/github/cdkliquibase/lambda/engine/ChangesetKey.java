package io.github.cdkliquibase.lambda.engine;

/**
 * A changeset, as Liquibase's history identifies it.
 *
 * @param file the path of the changelog, as the history stores it
 */
public record ChangesetKey(String id, String author, String file) {

    /** The name for people: {@code file::id::author}. */
    @Override
    public String toString() {
        return file + "::" + id + "::" + author;
    }
}
