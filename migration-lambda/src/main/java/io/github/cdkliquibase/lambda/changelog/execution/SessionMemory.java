package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.postgresql.RunSession;
import io.github.cdkliquibase.lambda.engine.postgresql.SessionState;
import io.github.cdkliquibase.lambda.engine.postgresql.Traces;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the changesets of a run have set for the changesets after them, such as a role. Lives as long as the run: when a
 * connection is lost, the next one is brought to where the lost one was.
 */
public final class SessionMemory {

    /** Statements that change nothing in their session, unless they call something that does. */
    private static final Pattern LEAVES_SESSION_ALONE = Pattern.compile(
            "\\s*(?:CREATE(?!\\s+(?:OR\\s+REPLACE\\s+)?(?:(?:GLOBAL|LOCAL)\\s+)?TEMP)|ALTER|DROP|COMMENT|GRANT|REVOKE|INSERT|UPDATE"
                    + "|DELETE|TRUNCATE|REINDEX|VACUUM|ANALYZE|CLUSTER|MERGE|REFRESH)\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern CALLS = Pattern.compile("set_config|advisory|;", Pattern.CASE_INSENSITIVE);

    private final Set<String> customSettings = new TreeSet<>();
    private final Set<ChangesetName> begun = new HashSet<>();
    private Optional<SessionState> changed = Optional.empty();
    private Optional<ChangesetName> last = Optional.empty();
    private boolean lastMayHaveChanged;

    /** Nothing is set yet. */
    public SessionMemory() {}

    /**
     * A changeset starts.
     *
     * @return whether it is the first time in this run
     */
    boolean begins(ChangesetName changeset) {
        last = Optional.of(changeset);
        return begun.add(changeset);
    }

    /** Whether a changeset has started in this run. Before that, every session is as the run has made it. */
    boolean hasBegun() {
        return !begun.isEmpty();
    }

    /** A statement of the changeset was executed. */
    void executed(ChangesetStatement statement) {
        if (!statement.isWritten()
                || (LEAVES_SESSION_ALONE.matcher(statement.sql()).lookingAt()
                        && !CALLS.matcher(statement.sql()).find())) {
            return;
        }
        mayHaveChanged();
        customSettings.addAll(Traces.customSettings(statement.sql()));
    }

    /** The changeset did something to its session that is no statement of its SQL. */
    void mayHaveChanged() {
        lastMayHaveChanged = true;
    }

    /**
     * Remembers what the changesets that have ended so far have set. Called before the next one starts, and not after the
     * last one: what is committed is done.
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
     * Brings a new connection to where the lost one was.
     *
     * @param isApplied whether the run has applied a changeset
     * @throws MigrationException if that is not possible: then the run must end, and the next one executes the changesets with
     *     {@code runAlways} again
     */
    public void restoreTo(RunSession session, Predicate<ChangesetName> isApplied) throws SQLException {
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
