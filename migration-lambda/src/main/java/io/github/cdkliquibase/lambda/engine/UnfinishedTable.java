package io.github.cdkliquibase.lambda.engine;

import java.sql.SQLException;
import java.util.List;

/** The table of unfinished changesets beside a history. Its methods begin and end no transaction. */
public interface UnfinishedTable {

    /** The name with its schema, as a statement writes it. */
    String name();

    /** Whether it is there. */
    boolean exists() throws SQLException;

    /** Makes it. */
    void create() throws SQLException;

    /** All its rows. */
    List<UnfinishedChangeset> rows() throws SQLException;

    /** Writes a row, in the place of an older one of the same changeset. */
    void write(UnfinishedChangeset row) throws SQLException;

    /** Deletes the row of a changeset. */
    void delete(String changeset) throws SQLException;

    /** Drops it. */
    void drop() throws SQLException;
}
