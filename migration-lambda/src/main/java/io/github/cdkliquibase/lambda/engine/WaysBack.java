package io.github.cdkliquibase.lambda.engine;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The ways back of changesets: a table beside the history of deploys. What it holds is executed with the user's rights, so no other
 * role may write it. Its methods begin and end no transaction.
 */
public interface WaysBack {

    /** Its name, as the server stores it. */
    String name();

    /** Creates it, if it does not exist. */
    void create() throws SQLException;

    /** Takes from other roles the rights to change it that default privileges, or a changeset, have granted to them. */
    void revokeFromOthers() throws SQLException;

    /**
     * The statement that writes one row. It is executed in the changeset's transaction, before the changeset's row in the history is
     * written, and never fails: a way back is no condition of a deploy.
     */
    String insertion(WayBack way);

    /** The transactions in which changesets of deploys were applied, and those in which a rollback has undone some of them. */
    List<String> transactions(Collection<String> deployments) throws SQLException;

    /** The ways back of deploys that were not gone yet. */
    List<KeptWayBack> of(Collection<String> deployments) throws SQLException;

    /** The rows of Liquibase's history that deploys have written. */
    List<HistoryEntry> history(Collection<String> deployments) throws SQLException;

    /**
     * A changeset is undone: its row in the history is removed, or replaced by the one before the deploy.
     *
     * @param rollback identifies the rollback that undoes it
     * @throws SQLException also if the history does not have the deploy's row
     */
    void undone(ChangesetKey changeset, String deployment, Optional<String> rowBefore, String rollback)
            throws SQLException;

    /** How many executed changesets a rollback has undone. */
    int countUndone(String rollback) throws SQLException;

    /** Deletes the rows of deploys that the history of deploys no longer has. */
    void trim() throws SQLException;
}
