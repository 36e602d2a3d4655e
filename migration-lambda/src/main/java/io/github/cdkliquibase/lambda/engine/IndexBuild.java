package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.failure.Text;
import java.util.List;

/**
 * The build of an index that outlives its statement. A build that fails or is cut short may leave an index behind that is
 * invalid.
 *
 * @param schema of the table
 * @param table that the index is on
 * @param name of the index; empty if the server chooses the name
 * @param before object identifiers of the table's indexes before the build: none of them is its result
 */
public record IndexBuild(String schema, String table, String name, List<Long> before) {

    /** Copies the list. */
    public IndexBuild {
        before = List.copyOf(before);
    }

    /** The state of the index. */
    public enum Result {
        /** There is no index that the build can have created. */
        MISSING,
        /** The index is complete. */
        VALID,
        /** The index was left behind, or is being built. */
        INVALID
    }

    /** Whether the statement names the index, so that there is no doubt which one it is. */
    public boolean isNamed() {
        return !name.isEmpty();
    }

    /** The index, as a reason names it. */
    @Override
    public String toString() {
        return name.isEmpty() ? "on table " + Text.quote(table) : Text.quote(name);
    }
}
