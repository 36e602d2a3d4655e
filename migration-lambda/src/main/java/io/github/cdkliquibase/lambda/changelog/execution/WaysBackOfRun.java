package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.WayBackDerivation.Derived;
import io.github.cdkliquibase.lambda.engine.ChangesetKey;
import io.github.cdkliquibase.lambda.engine.Statements;
import io.github.cdkliquibase.lambda.engine.WayBack;
import io.github.cdkliquibase.lambda.engine.WaysBack;
import java.util.Optional;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.database.Database;

/** The ways back that a run keeps, over all its connections: one for each changeset that it executes. */
public final class WaysBackOfRun {

    private final String deployment;
    private Optional<WaysBack> table = Optional.empty();
    private Optional<Next> next = Optional.empty();
    private int place;

    private record Next(Derived derived, boolean isRepeated) {}

    /**
     * None is kept before {@link #keepIn}.
     *
     * @param deployment Liquibase's id of the run
     */
    public WaysBackOfRun(String deployment) {
        this.deployment = deployment;
    }

    /** From now on they are kept in a table, on the connection of that table. */
    public void keepIn(WaysBack waysBack) {
        table = Optional.of(waysBack);
    }

    /** From now on none is kept. */
    public void keepNone() {
        table = Optional.empty();
    }

    /** Derives the way back of a changeset, before it runs: it may depend on what the database has then. */
    void willRun(ChangeSet changeSet, RunStatus status, Database database, Statements kinds) {
        next = Optional.empty();
        if (table.isPresent()) {
            // For a changeset with runAlways, Liquibase gives ALREADY_RAN.
            boolean isRepeated = status != RunStatus.NOT_RAN;
            next = Optional.of(new Next(WayBackDerivation.of(changeSet, isRepeated, database, kinds), isRepeated));
        }
    }

    /** The statement that keeps the way back of the changeset that runs; empty if none is kept. */
    Optional<String> insertion(ChangeSet changeSet) {
        if (table.isEmpty() || next.isEmpty()) {
            return Optional.empty();
        }
        place++;
        return Optional.of(table.get()
                .insertion(new WayBack(
                        deployment,
                        new ChangesetKey(changeSet.getId(), changeSet.getAuthor(), changeSet.getFilePath()),
                        place,
                        next.get().derived().statements(),
                        next.get().derived().whyNone(),
                        next.get().isRepeated())));
    }
}
