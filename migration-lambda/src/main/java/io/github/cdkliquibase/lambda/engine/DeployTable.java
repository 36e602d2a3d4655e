package io.github.cdkliquibase.lambda.engine;

import java.sql.SQLException;
import java.util.List;

/** The history of deploys: a table beside Liquibase's, with one row for each deploy. Its methods begin and end no transaction. */
public interface DeployTable {

    /** What a user may do with the table that has its name. */
    enum Access {
        /** There is no such table. */
        NONE,
        /** It is another kind of table, or one of a role that is not trusted, or the user may not read it. */
        REFUSED,
        /** An earlier version of this product has made it, and it lacks columns that {@link DeployTable#upgrade} adds. */
        OUTDATED,
        /** The user may read it. */
        READ,
        /** The user may read and write it. */
        WRITE
    }

    /** Its name, as the server stores it. */
    String name();

    /** Creates it, if it does not exist. */
    void create() throws SQLException;

    /** Adds the columns that it lacks. */
    void upgrade() throws SQLException;

    /** All rows of a resource, the oldest first. */
    List<NotedDeploy> of(String resource) throws SQLException;

    /**
     * Whether a run that is not noted here has written to Liquibase's history since the first one that is noted: another tool, an
     * older function, or a deploy that could not be noted.
     */
    boolean hasOthers() throws SQLException;

    /** The row of a deploy says that its changesets were undone. */
    void undone(String deployment) throws SQLException;

    /** Writes the row of a deploy that begins, or begins again. */
    void begin(Deploy deploy) throws SQLException;

    /** Completes the row of a deploy that has succeeded, and deletes the oldest rows of its resource. */
    void end(Deploy deploy, DeployOutcome outcome) throws SQLException;

    /** The row of a deploy says that it has failed. */
    void failed(Deploy deploy) throws SQLException;

    /** The digest of the rows of Liquibase's history. */
    String historyDigest() throws SQLException;
}
