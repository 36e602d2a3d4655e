package io.github.cdkliquibase.lambda.changelog.execution;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The progress of a run, over all its attempts and connections. May be asked from any thread. */
public final class RunProgress {

    private final Set<ChangesetName> applied = Collections.synchronizedSet(new HashSet<>());
    private final Map<ChangesetName, Integer> positions = new HashMap<>();
    private volatile Optional<RunningChangeset> running = Optional.empty();
    private volatile Optional<Integer> pending = Optional.empty();
    private Optional<ChangesetName> lastApplied = Optional.empty();
    private Optional<Instant> firstStart = Optional.empty();

    /** Creates the progress of a run that has not started. */
    public RunProgress() {}

    /**
     * Called when an attempt begins.
     *
     * @param nowPending the number of pending changesets; the number of the first attempt counts
     */
    public void begins(int nowPending) {
        if (pending.isEmpty()) {
            pending = Optional.of(nowPending);
        }
    }

    /** Whether an attempt has begun, so that there is progress to report. */
    public boolean hasBegun() {
        return pending.isPresent();
    }

    /** How many changesets were pending when the run began. */
    public int pending() {
        return pending.orElse(0);
    }

    /** The changeset that is being executed, or that ended the last attempt; empty between changesets. */
    public Optional<RunningChangeset> running() {
        return running;
    }

    void starts(RunningChangeset changeset) {
        running = Optional.of(changeset);
        if (firstStart.isEmpty()) {
            firstStart = Optional.of(Instant.now());
        }
    }

    /** No changeset is being executed. */
    public void nothingRuns() {
        running = Optional.empty();
    }

    /** The place of a changeset in the run, from 1, the same in every attempt. */
    int position(RunningChangeset changeset) {
        return positions.computeIfAbsent(changeset.name(), name -> positions.size() + 1);
    }

    /** Called for each changeset that this run has executed; may be called repeatedly for the same one. */
    public void applied(ChangesetName changeset) {
        if (applied.add(changeset)) {
            lastApplied = Optional.of(changeset);
        }
    }

    /** Whether this run has executed the changeset, in this attempt or in an earlier one. */
    public boolean isApplied(ChangesetName changeset) {
        return applied.contains(changeset);
    }

    /** The number of changesets that this run has executed. A changeset that several attempts execute counts once. */
    public int applied() {
        return applied.size();
    }

    /** The changeset that this run executed last; empty if it has executed none. */
    public Optional<ChangesetName> lastApplied() {
        return lastApplied;
    }

    /** When the first changeset started; empty if none was executed. */
    public Optional<Instant> firstStart() {
        return applied.isEmpty() ? Optional.empty() : firstStart;
    }

    /** The progress in words for a reason. */
    public String counts() {
        if (!hasBegun()) {
            return "Nothing was run";
        }
        return "%d of %d changesets were applied%s"
                .formatted(applied(), Math.max(pending(), applied()), applied.isEmpty() ? "" : " and stay");
    }
}
