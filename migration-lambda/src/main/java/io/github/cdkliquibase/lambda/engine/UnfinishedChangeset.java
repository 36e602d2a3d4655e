package io.github.cdkliquibase.lambda.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The recorded progress of a changeset that a run started and did not finish.
 *
 * @param name {@code file::id::author}
 * @param origin the deploy that recorded it, in words for a log line
 * @param historyRow the changeset's row in the history at the time of the record; empty if it had none. If there is
 *     another row now, another tool has finished the changeset and the record is out of date
 * @param done how many of its statements are done, the first ones
 * @param digest that identifies these statements
 * @param running digest up to the next statement, if that has started and may be done too; empty if it has not started
 * @param index that the next statement builds, or has left behind
 * @param session the session state that the finished statements have set and left
 * @param touchedDatabase whether the finished statements changed more than their session
 * @param whole whether all of it is committed, and only its row in the history is missing
 */
public record UnfinishedChangeset(
        String name,
        Origin origin,
        String historyRow,
        int done,
        String digest,
        String running,
        Optional<IndexBuild> index,
        Session session,
        boolean touchedDatabase,
        boolean whole) {

    /**
     * The deploy that a changeset belongs to.
     *
     * @param changelog the root changelog
     * @param resource stack and logical id of the custom resource
     */
    public record Origin(String changelog, String resource) {

        /** In words for a log line. */
        @Override
        public String toString() {
            return resource.isEmpty()
                    ? "changelog '%s'".formatted(changelog)
                    : "changelog '%s' of %s".formatted(changelog, resource);
        }
    }

    /**
     * The session state that the finished statements have set and left.
     *
     * @param role that they set
     * @param settings of the server that they set, by name. Settings of applications are not stored, because they may
     *     hold a secret
     * @param left state that ended with the session, in words
     */
    public record Session(String role, Map<String, String> settings, Set<String> left) {

        /** Copies the collections. */
        public Session {
            settings = Map.copyOf(settings);
            left = Set.copyOf(left);
        }

        /** A session in which nothing was changed. */
        static final Session UNCHANGED = new Session("", Map.of(), Set.of());

        /** Whether a role was set. */
        public boolean hasRole() {
            return !role.isEmpty() && !role.equals(SessionState.NO_ROLE);
        }

        /** Whether nothing was set or left. */
        public boolean isUnchanged() {
            return settings.isEmpty() && left.isEmpty() && !hasRole();
        }

        /** The state that can be set again on another connection. */
        public SessionState toRestore() {
            return new SessionState(role, settings, Map.of(), Set.of(), false);
        }
    }

    /** A changeset without a finished statement. */
    public static UnfinishedChangeset begun(String name, Origin origin, String historyRow) {
        return new UnfinishedChangeset(
                name, origin, historyRow, 0, "", "", Optional.empty(), Session.UNCHANGED, false, false);
    }

    /** The same changeset with this many statements done, and none running. */
    public UnfinishedChangeset withDone(int nowDone, String nowDigest, Session nowSession, boolean nowTouched) {
        return new UnfinishedChangeset(
                name, origin, historyRow, nowDone, nowDigest, "", Optional.empty(), nowSession, nowTouched, whole);
    }

    /**
     * The same changeset with its next statement running.
     *
     * @param nowSession in which the statement runs, with the role that owns what it makes
     */
    public UnfinishedChangeset withRunning(String nowRunning, Optional<IndexBuild> nowIndex, Session nowSession) {
        return new UnfinishedChangeset(
                name, origin, historyRow, done, digest, nowRunning, nowIndex, nowSession, touchedDatabase, whole);
    }

    /** The same changeset with no statement running. */
    public UnfinishedChangeset withNothingRunning() {
        return withRunning("", Optional.empty(), session);
    }

    /** The same changeset, committed as a whole. */
    public UnfinishedChangeset asWhole() {
        return new UnfinishedChangeset(
                name, origin, historyRow, done, digest, "", Optional.empty(), session, true, true);
    }

    /** Whether the record is of no use for a later run. */
    public boolean isEmpty() {
        return done == 0 && running.isEmpty() && index.isEmpty() && !whole;
    }

    /** Whether the statement that was running may be done. */
    public boolean isUncertain() {
        return !running.isEmpty();
    }

    /** The settings, each as {@code name=value}. */
    public List<String> settingsAsList() {
        return session.settings().entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .toList();
    }
}
