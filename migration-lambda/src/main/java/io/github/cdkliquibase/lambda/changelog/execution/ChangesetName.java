package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.failure.Text;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.RanChangeSet;
import org.jspecify.annotations.Nullable;

/**
 * The name of a changeset, the same whether it was read from a changelog or from the history.
 *
 * @param value {@code file::id::author}, with the path in Liquibase's normal form: without {@code classpath:}, and with
 *     forward slashes
 */
public record ChangesetName(String value) {

    /** Longest name that a log line, a reason or an attribute shows. An answer as a whole must stay below 4,096 bytes. */
    private static final int SHOWN_BYTES = 700;

    /** The name of a changeset of the changelog. */
    public static ChangesetName of(ChangeSet changeSet) {
        return of(changeSet.getFilePath(), changeSet.getId(), changeSet.getAuthor());
    }

    /** The name of a changeset of the history. */
    public static ChangesetName of(RanChangeSet ran) {
        return of(ran.getChangeLog(), ran.getId(), ran.getAuthor());
    }

    private static ChangesetName of(String path, String id, String author) {
        return new ChangesetName(ChangelogPath.normal(path) + "::" + id + "::" + author);
    }

    // A record's own methods cost a cold function 15 ms at their first use.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChangesetName name && value.equals(name.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** The name as log lines, reasons and attributes show it. */
    @Override
    public String toString() {
        return Text.cut(Text.oneLine(value), SHOWN_BYTES);
    }
}
