package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.LostColumn;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementKind;
import io.github.cdkliquibase.lambda.engine.WaysBack;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Executes all steps in one transaction and rolls it back. So a statement that fails is found before anything is undone, and the
 * server itself says what the statements drop, also through {@code CASCADE} and functions.
 *
 * <p>Statements that refuse a transaction are left out.
 */
final class TrialRun {

    private final Engine engine;
    private final UndoRequest request;
    private final RunSession session;
    private final WaysBack waysBack;
    private final Connection connection;

    TrialRun(Engine engine, UndoRequest request, RunSession session, WaysBack waysBack) {
        this.engine = engine;
        this.request = request;
        this.session = session;
        this.waysBack = waysBack;
        this.connection = session.connection();
    }

    /**
     * Tries the steps.
     *
     * @return for each step the tables and columns that it drops
     * @throws StepFailedException if a step fails
     */
    List<List<LostColumn>> of(List<Undo> steps) throws SQLException, StepFailedException {
        List<Map<Long, Set<Integer>>> left = new ArrayList<>();
        try {
            session.beginOwnTransaction();
            for (Undo step : steps) {
                left.add(after(step));
            }
        } finally {
            if (!connection.isClosed()) {
                connection.rollback();
            }
        }
        List<List<LostColumn>> lost = new ArrayList<>();
        Set<LostColumn> before = new HashSet<>();
        for (int i = 0; i < left.size(); i++) {
            List<LostColumn> all = engine.losses().lost(changed(left, i), connection);
            lost.add(all.stream().filter(before::add).toList());
        }
        connection.rollback();
        return lost;
    }

    private Map<Long, Set<Integer>> after(Undo step) throws SQLException, StepFailedException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : step.statements()) {
                if (engine.statements().kindOf(sql) != StatementKind.ALONE) {
                    statement.execute(sql);
                }
            }
            engine.transactions().checkBeforeCommit(connection);
            session.useOwnSettings();
            Map<Long, Set<Integer>> left = engine.losses().changeable(connection);
            waysBack.undone(step.changeset(), step.deployment(), step.rowBefore(), request.id());
            return left;
        } catch (SQLException e) {
            throw new StepFailedException(step, e);
        }
    }

    private static Map<Long, Set<Integer>> changed(List<Map<Long, Set<Integer>>> left, int step) {
        Map<Long, Set<Integer>> changed = new HashMap<>(left.get(step));
        if (step > 0) {
            changed.entrySet().removeAll(left.get(step - 1).entrySet());
        }
        return changed;
    }
}
