package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.SessionState;
import io.github.cdkliquibase.lambda.engine.Statements;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Remembers the session state that changesets have set for later changesets, such as a role. Lives as long as the run:
 * when a connection is lost, the next one gets the same state.
 */
public final class SessionMemory {

    private final Set<String> customSettings = new TreeSet<>();
    private final Set<ChangesetName> begun = new HashSet<>();
    private Optional<SessionState> changed = Optional.empty();
    private Optional<ChangesetName> last = Optional.empty();
    private boolean lastMayHaveChanged;
    private int sessions;

    /** Creates an empty memory. */
    public SessionMemory() {}

    /**
     * Called when a changeset starts.
     *
     * @return whether it starts for the first time in this run
     */
    boolean begins(ChangesetName changeset) {
        last = Optional.of(changeset);
        return begun.add(changeset);
    }

    /** Whether the run has lost no connection yet. After that, a statement that ends its session must be found. */
    boolean isOfTheFirstSession() {
        return sessions <= 1;
    }

    /** Whether a changeset has started in this run. Before that, every session has only the run's own settings. */
    boolean hasBegun() {
        return !begun.isEmpty();
    }

    /** Called after a statement of the changeset was executed. */
    void executed(ChangesetStatement statement, Statements statements) {
        if (!statement.isWritten() || statements.leavesSessionAlone(statement.sql())) {
            return;
        }
        mayHaveChanged();
        customSettings.addAll(statements.customSettings(statement.sql()));
    }

    /** Called when the changeset changed its session by other means than its SQL. */
    void mayHaveChanged() {
        lastMayHaveChanged = true;
    }

    /** Whether the last changeset that has started may have changed its session. */
    boolean lastMayHaveChanged() {
        return lastMayHaveChanged;
    }

    /**
     * Remembers the state that the finished changesets have set. Called before the next changeset starts, but not after
     * the last one, which is committed.
     *
     * @return whether the session has lost the lock of the run
     */
    boolean remember(RunSession session) throws SQLException {
        if (!lastMayHaveChanged) {
            return false;
        }
        SessionState now = session.changed(customSettings);
        lastMayHaveChanged = false;
        changed = Optional.of(now);
        return !now.hasRunLock();
    }

    /**
     * Sets the state of the lost connection on a new one.
     *
     * @param isApplied whether the run has applied a changeset
     * @throws MigrationException if this is not possible: then the run must end, and the next run executes the {@code
     *     runAlways} changesets again
     */
    public void restoreTo(RunSession session, Predicate<ChangesetName> isApplied) throws SQLException {
        sessions++;
        if (lastMayHaveChanged && last.filter(isApplied).isPresent()) {
            throw new MigrationException(
                    "The connection was lost when changeset '%s' was committed, and the run does not know what the changeset had set in its session for later changesets. Deploy again"
                            .formatted(last.get()));
        }
        lastMayHaveChanged = false;
        if (changed.isEmpty()) {
            return;
        }
        SessionState lost = changed.get();
        if (!lost.objects().isEmpty()) {
            throw new MigrationException(
                    "The connection was lost, and with it session state that earlier changesets of this run had left for later ones: %s. Deploy again"
                            .formatted(String.join(", ", new TreeSet<>(lost.objects()))));
        }
        session.restore(lost);
        session.connection().commit();
    }
}
