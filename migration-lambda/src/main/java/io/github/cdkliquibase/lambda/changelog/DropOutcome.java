package io.github.cdkliquibase.lambda.changelog;

/** The outcome of a Delete that should drop a schema. */
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
     * Nothing is dropped, because other resources may need the schema.
     *
     * @param why as a clause
     */
    record Kept(String why) implements DropOutcome {}

    /**
     * There is nothing left to drop.
     *
     * @param what a clause that says which object no longer exists
     */
    record Gone(String what) implements DropOutcome {}
}
