package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import io.github.cdkliquibase.lambda.engine.LockWatch;
import java.util.Optional;
import liquibase.exception.DatabaseException;

/** The changeset that is being executed, if there is one. What it sends is watched. */
final class CurrentChangeset {

    private final LockWatch watch;
    private Optional<ChangesetExecution> execution = Optional.empty();
    private String name = "";

    /**
     * No changeset yet.
     *
     * @param watch is told when a statement runs
     */
    CurrentChangeset(LockWatch watch) {
        this.watch = watch;
    }

    /** A changeset starts. It has no execution while that is created: a failure then has no effect. */
    void starts(ChangesetName started) {
        execution = Optional.empty();
        name = started.value();
    }

    /** The execution of the changeset that starts is made. */
    void executesBy(ChangesetExecution created) {
        execution = Optional.of(created);
    }

    /** There is no changeset any more. */
    void ends() {
        execution = Optional.empty();
        name = "";
    }

    /** Name of the changeset; empty if there is none. */
    String name() {
        return name;
    }

    /** The execution; empty if there is none, or it is still created. */
    Optional<ChangesetExecution> execution() {
        return execution;
    }

    /** Executes the next statement, or lets it wait for the next ones. */
    void execute(ChangesetStatement next) throws DatabaseException {
        ChangesetExecution current = execution.orElseThrow();
        if (!current.letsWait(next)) {
            sendWaiting();
            watched("%s %d".formatted(name, statement() + 1), () -> current.execute(next));
        } else if (current.waiting() == ChangesetExecution.Waiting.MANY) {
            sendWaiting();
        }
    }

    /** Sends the statements that wait. */
    void sendWaiting() throws DatabaseException {
        if (execution.isPresent() && execution.get().waiting() != ChangesetExecution.Waiting.NONE) {
            watched("%s up to %d".formatted(name, statement()), execution.get()::sendWaiting);
        }
    }

    /** Writes the changeset's row in the history. */
    void record(HistoryRow row) throws DatabaseException {
        sendWaiting();
        watched(name + " row", () -> execution.orElseThrow().record(row));
    }

    /** Ends the transaction, now or later. */
    void commit(Work commit) throws DatabaseException {
        sendWaiting();
        if (execution.isPresent()) {
            execution.get().commit(commit);
        } else {
            commit.run();
        }
    }

    /** Number of the last statement that was started, from 1; 0 if none was started. */
    int statement() {
        return execution.map(ChangesetExecution::statement).orElse(0);
    }

    // The same statement has the same key in its next attempt, and no other statement has it.
    private void watched(String key, Work work) throws DatabaseException {
        watch.starts(key);
        try {
            work.run();
        } finally {
            watch.ends();
        }
    }
}
