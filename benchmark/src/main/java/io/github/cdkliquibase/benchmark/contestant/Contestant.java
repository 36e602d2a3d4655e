package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.scenario.Scenario;

/** A way to migrate a database, which is measured. */
public interface Contestant {

    /** The name for the command line and for files. */
    String name();

    /** The name for people, as the head of a column. */
    String title();

    /** Whether it supports the scenario. */
    boolean takes(Scenario scenario);

    /** Whether it applies changesets; else it only connects. */
    boolean migrates();

    /**
     * Runs once, as one process, and waits for the end.
     *
     * @throws ContestantFailedException if it did not succeed
     */
    Reading run(Task task);
}
