package io.github.cdkliquibase.lambda.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How far a changeset is that a run began and did not end.
 *
 * @param name {@code file::id::author}
 * @param origin whose changeset it is: the deploy that noted it, in words for a log line
 * @param historyRow the changeset's row in the history when this was noted; empty if it had none. With another row now,
 *     the changeset was finished by another tool and the note is out of date
 * @param done how many of its statements are done, the first ones
 * @param digest of these, by which they are known again
 * @param running digest up to the next statement, if that has begun and may be done as well; empty if it has not
 * @param index that the next statement builds, or has left behind
 * @param session what the done statements have set in their session, and what they have left in it
 * @param touchedDatabase whether the done statements changed more than their session
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
     * Whose changeset it is.
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
     * What the done statements have set in their session, and what they have left in it.
     *
     * @param role that they set
     * @param settings of the server that they set, by name. Those of applications are not kept, they may hold a secret
     * @param left what ended with the session, in words
     */
    public record Session(String role, Map<String, String> settings, Set<String> left) {

        /** Copies what it is given. */
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

        /** What can be set again on another connection. */
        public SessionState toRestore() {
            return new SessionState(role, settings, Map.of(), Set.of(), false);
        }
    }

    /** A changeset of which nothing is done yet. */
    public static UnfinishedChangeset begun(String name, Origin origin, String historyRow) {
        return new UnfinishedChangeset(
                name, origin, historyRow, 0, "", "", Optional.empty(), Session.UNCHANGED, false, false);
    }

    /** The same changeset with so many statements done, and none under way. */
    public UnfinishedChangeset withDone(int nowDone, String nowDigest, Session nowSession, boolean nowTouched) {
        return new UnfinishedChangeset(
                name, origin, historyRow, nowDone, nowDigest, "", Optional.empty(), nowSession, nowTouched, whole);
    }

    /**
     * The same changeset with its next statement under way.
     *
     * @param nowSession in which the statement runs, with the role that owns what it makes
     */
    public UnfinishedChangeset withRunning(String nowRunning, Optional<IndexBuild> nowIndex, Session nowSession) {
        return new UnfinishedChangeset(
                name, origin, historyRow, done, digest, nowRunning, nowIndex, nowSession, touchedDatabase, whole);
    }

    /** The same changeset with no statement under way. */
    public UnfinishedChangeset withNothingRunning() {
        return withRunning("", Optional.empty(), session);
    }

    /** The same changeset, committed as a whole. */
    public UnfinishedChangeset asWhole() {
        return new UnfinishedChangeset(
                name, origin, historyRow, done, digest, "", Optional.empty(), session, true, true);
    }

    /** Whether the note says nothing that a later run has to know. */
    public boolean isEmpty() {
        return done == 0 && running.isEmpty() && index.isEmpty() && !whole;
    }

    /** Whether the statement that was under way may be done. */
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
