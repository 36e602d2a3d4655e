package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.LostColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Guards the rows that applications have written since the deploys began. */
final class WrittenRows {

    private final Engine engine;
    private final UndoRequest request;
    private final Optional<String> since;
    private final List<String> own;
    private final Connection connection;

    /**
     * The rows of a database.
     *
     * @param since the beginning of the deploys; empty if it is not known
     * @param own transactions of the deploys themselves
     */
    WrittenRows(Engine engine, UndoRequest request, Optional<String> since, List<String> own, Connection connection) {
        this.engine = engine;
        this.request = request;
        this.since = since;
        this.own = own;
        this.connection = connection;
    }

    /** Refuses to drop a table or a column with such rows, unless they may be lost. */
    void refuse(List<LostColumn> lost) throws SQLException, NotUndoneException {
        if (request.allowsDataLoss()) {
            return;
        }
        for (LostColumn each : lost) {
            if (since.isEmpty() || engine.losses().hasRowsOfOthers(each, since.get(), own, connection)) {
                throw new NotUndoneException(
                        "it would drop %s, in which rows were written after the deploy began. If they may be lost, set 'RollbackDataLoss' to 'ALLOW'"
                                .formatted(each));
            }
        }
    }

    /** Keeps others from writing such rows until the end of the transaction, and looks once more. */
    void guard(List<LostColumn> lost) throws SQLException, NotUndoneException {
        if (request.allowsDataLoss()) {
            return;
        }
        for (LostColumn each : lost) {
            engine.losses().keepFromWriting(each, connection);
        }
        refuse(lost);
    }
}
