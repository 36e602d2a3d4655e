package io.github.cdkliquibase.lambda.changelog;

/** What became of a schema that a Delete was to drop. */
public sealed interface DropOutcome {

    /**
     * The resource's objects are dropped.
     *
     * @param kept how many objects stay that were there before the first deploy
     * @param left how many objects stay that belong to other owners, or that other schemas need
     * @param example one of the objects that are left; empty if none is
     */
    record Dropped(int kept, int left, String example) implements DropOutcome {}

    /**
     * Nothing is dropped, because the schema is not the resource's alone.
     *
     * @param why as a clause
     */
    record Kept(String why) implements DropOutcome {}

    /**
     * There is nothing to drop any more.
     *
     * @param what is gone, as a clause
     */
    record Gone(String what) implements DropOutcome {}
}
