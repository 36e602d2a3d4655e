package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.IndexBuild;
import io.github.cdkliquibase.lambda.engine.IndexBuild.Result;
import io.github.cdkliquibase.lambda.engine.IndexBuilds;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import liquibase.exception.DatabaseException;

/** Executes a statement that refuses a transaction. It is recorded before and after its execution. */
final class StatementAlone {

    private static final Set<FailureKind> CREATED_BEFORE = Set.of(FailureKind.OBJECT_EXISTS);
    private static final Set<FailureKind> DROPPED_BEFORE = Set.of(FailureKind.NO_OBJECT, FailureKind.NO_DATABASE);

    private final Engine engine;
    private final IndexBuilds indexes;
    private final NotedChangeset changeset;
    private final Connection connection;
    private final StatementBounds bounds;
    private final Deadline deadline;

    StatementAlone(
            Engine engine, NotedChangeset changeset, Connection connection, StatementBounds bounds, Deadline deadline) {
        this.engine = engine;
        this.indexes = engine.indexes();
        this.changeset = changeset;
        this.connection = connection;
        this.bounds = bounds;
        this.deadline = deadline;
    }

    void execute(ChangesetStatement next) throws DatabaseException, SQLException {
        changeset.cannotBeRetried();
        boolean wasRunning = changeset.wasRunning();
        Optional<IndexBuild> build = indexes.of(next.sql(), connection);
        Optional<IndexBuild> left = changeset.note().index();
        Optional<IndexBuild> index = wasRunning && left.isPresent() ? left : build;
        boolean isThere = index.isPresent() && indexes.clear(index.get(), connection, bounds, deadline) == Result.VALID;
        // A rebuild may have finished a part of its indexes.
        if (isThere && wasRunning && !indexes.isRebuild(next.sql())) {
            changeset.warn(
                    "statement.done-before",
                    "Index {} is complete: a run that was cut short has built it",
                    index.get());
        } else {
            if (wasRunning && index.isEmpty()) {
                changeset.warn(
                        "statement.repeated",
                        "Statement {} was running when a run was cut short. It is executed again",
                        changeset.statement());
            }
            // An index that existed before does not belong to this changeset, and must not count as its index later.
            if (!isThere) {
                changeset.write(changeset
                        .note()
                        .withRunning(
                                changeset.digest(), build, changeset.leftovers().now()));
            }
            try {
                bounds.waitLonger(next::execute);
            } catch (DatabaseException e) {
                failed(e, next.sql(), build, wasRunning);
            }
        }
        changeset.write(changeset.done(true));
    }

    private void failed(DatabaseException failure, String sql, Optional<IndexBuild> index, boolean wasRunning)
            throws DatabaseException, SQLException {
        if (connection.isClosed()) {
            throw failure;
        }
        if (wasRunning && wasDoneBefore(failure, sql)) {
            changeset.warn(
                    "statement.done-before",
                    "{}: a run that was cut short has done it",
                    engine.failures().describe(failure));
            return;
        }
        try {
            boolean isLeft = index.isPresent() && indexes.result(index.get(), connection) == Result.INVALID;
            UnfinishedChangeset note = changeset.note();
            // A text with its own transactions may have committed a part.
            String stillRunning = engine.statements().endsATransaction(sql) ? note.running() : "";
            changeset.writeOrForget(note.withRunning(stillRunning, isLeft ? index : Optional.empty(), note.session()));
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }

    // The wanted object exists already, and an earlier run had started exactly this statement.
    private boolean wasDoneBefore(DatabaseException failure, String sql) {
        return (engine.statements().isDrop(sql) ? DROPPED_BEFORE : CREATED_BEFORE)
                .contains(engine.failures().kind(failure));
    }
}
