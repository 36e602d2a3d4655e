package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.postgresql.RunSession;
import io.github.cdkliquibase.lambda.engine.postgresql.SessionState;
import io.github.cdkliquibase.lambda.engine.postgresql.Traces;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
    private Optional<SessionState> changed = Optional.empty();
    private boolean mayHaveChanged;

    /** Nothing is set yet. */
    public SessionMemory() {}

    /** A statement of a changeset was executed. */
    void executed(ChangesetStatement statement) {
        if (!statement.isWritten()
                || (LEAVES_SESSION_ALONE.matcher(statement.sql()).lookingAt()
                        && !CALLS.matcher(statement.sql()).find())) {
            return;
        }
        mayHaveChanged = true;
        customSettings.addAll(Traces.customSettings(statement.sql()));
    }

    /**
     * Remembers what the changesets that have ended so far have set. Called before the next one starts, and not after the
     * last one: what is committed is done.
     *
     * @return whether the session may have lost what the run itself holds in it
     */
    boolean remember(RunSession session) throws SQLException {
        if (!mayHaveChanged) {
            return false;
        }
        mayHaveChanged = false;
        SessionState now = session.changed(customSettings);
        changed = Optional.of(now);
        return !now.hasRunLock();
    }

    /**
     * Brings a new connection to where the lost one was.
     *
     * @throws MigrationException if that is not possible: then the next run begins with its own changesets that always run
     */
    public void restoreTo(RunSession session) throws SQLException {
        if (changed.isEmpty()) {
            return;
        }
        SessionState lost = changed.get();
        if (!lost.objects().isEmpty()) {
            throw new MigrationException(
                    "The connection was lost, and with it what earlier changesets of this run had left in it for later ones: %s. Deploy again"
                            .formatted(String.join(", ", new TreeSet<>(lost.objects()))));
        }
        session.restore(lost);
        session.connection().commit();
    }
}
