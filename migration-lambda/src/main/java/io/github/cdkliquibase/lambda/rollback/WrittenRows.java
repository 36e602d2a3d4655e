package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.LostColumn;
import io.github.cdkliquibase.lambda.engine.WaysBack;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Guards the rows that applications have written since the deploys began. */
final class WrittenRows {

    private final Engine engine;
    private final UndoRequest request;
    private final Optional<String> since;
    private final List<String> deployments;
    private final WaysBack waysBack;
    private final Connection connection;

    /**
     * The rows of a database.
     *
     * @param since the beginning of the deploys; empty if it is not known
     * @param deployments whose transactions do not count, and neither do those of the rollback itself
     */
    WrittenRows(
            Engine engine,
            UndoRequest request,
            Optional<String> since,
            List<String> deployments,
            WaysBack waysBack,
            Connection connection) {
        this.engine = engine;
        this.request = request;
        this.since = since;
        this.deployments = deployments;
        this.waysBack = waysBack;
        this.connection = connection;
    }

    /**
     * Refuses to drop tables and columns with such rows, unless they may be lost.
     *
     * @throws NotUndoneException also if the look takes so long that writers could not be kept waiting for it
     */
    void refuse(List<LostColumn> lost) throws SQLException, NotUndoneException {
        if (request.allowsDataLoss() || lost.isEmpty()) {
            return;
        }
        List<String> own = waysBack.transactions(deployments);
        for (LostColumn each : lost) {
            long start = System.nanoTime();
            refuse(each, own, Optional.empty());
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            if (took.compareTo(request.lockTimeout()) > 0) {
                throw new NotUndoneException(
                        "it would drop %s. To look for rows in it took %d s, which is longer than 'LockTimeout', and applications would wait that long"
                                .formatted(each, took.toSeconds()));
            }
        }
    }

    /** Keeps others from writing such rows until the end of the transaction, and looks once more. */
    void guard(List<LostColumn> lost) throws SQLException, NotUndoneException {
        if (request.allowsDataLoss() || lost.isEmpty()) {
            return;
        }
        for (LostColumn each : lost) {
            engine.losses().keepFromWriting(each, connection);
        }
        List<String> own = waysBack.transactions(deployments);
        for (LostColumn each : lost) {
            refuse(each, own, Optional.of(request.lockTimeout()));
        }
    }

    private void refuse(LostColumn lost, List<String> own, Optional<Duration> within)
            throws SQLException, NotUndoneException {
        if (since.isEmpty()) {
            throw new NotUndoneException(
                    "it would drop %s, and the history does not say when the deploy began. If its rows may be lost, set 'RollbackDataLoss' to 'ALLOW'"
                            .formatted(lost));
        }
        if (engine.losses().hasRowsOfOthers(lost, since.get(), own, within, connection)) {
            throw new NotUndoneException(
                    "it would drop %s, in which rows were written after the deploy began. If they may be lost, set 'RollbackDataLoss' to 'ALLOW'"
                            .formatted(lost));
        }
    }
}
