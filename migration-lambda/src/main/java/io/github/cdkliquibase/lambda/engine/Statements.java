package io.github.cdkliquibase.lambda.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** Says what a statement of a changelog does, by its text and by the server. */
public interface Statements {

    /**
     * The statements in a text, without empty ones.
     *
     * @return the text as a whole if it cannot be split
     */
    List<String> split(String sql);

    /**
     * Divides a text that was not split into steps that have the same effect when they are executed one by one.
     *
     * @param sql one statement or several
     */
    List<StatementStep> steps(String sql);

    /**
     * The kind of a statement.
     *
     * @param sql one statement, or several in a text that was not split. Several are {@link StatementKind#ALONE} as soon as one of
     *     them begins or ends a transaction
     */
    StatementKind kindOf(String sql);

    /**
     * Whether a text is one statement that can be sent together with others: it belongs to the open transaction, changes nothing in
     * its session, and returns no rows.
     */
    boolean canBeSentWithOthers(String sql);

    /** Whether a text is one statement that may return rows: {@code SELECT} or an equivalent. */
    boolean isOneQuery(String sql);

    /** Whether one of the statements in a text ends a transaction. */
    boolean endsATransaction(String sql);

    /** Whether a statement that ends a transaction begins the next one. */
    boolean beginsTheNext(String sql);

    /** Whether the statement creates, rebuilds or drops an index, and does nothing else. */
    boolean isIndexWork(String sql);

    /** Whether the statement drops something. */
    boolean isDrop(String sql);

    /**
     * Whether a text may make its transaction read-only. False where that cannot be noted before it: it asks for an isolation
     * level, which it must do first, or ends its transaction by itself.
     */
    boolean mayBecomeReadOnly(String sql);

    /** Whether a statement surely changes nothing in its session. */
    boolean leavesSessionAlone(String sql);

    /** The value of the session that a statement asks for, which another session does not have. */
    SessionValue sessionValue(String sql);

    /** A value of a session that another session does not have. */
    enum SessionValue {
        /** The statement asks for none. */
        NONE,
        /** The newest value of a sequence of its own: another session has none, and the statement fails. */
        OF_A_SEQUENCE,
        /** The newest value of any sequence: another session may have another one. */
        OF_ANY_SEQUENCE
    }

    /** The names of settings of applications that a statement may set, such as {@code app.tenant}, in lower case. */
    Set<String> customSettings(String sql);

    /** What a statement begins that ends with the session and that no catalog lists, in words for a reason; empty if nothing. */
    Set<String> unlisted(String sql);

    /**
     * Whether a statement may have changed more than its session.
     *
     * @param connection in the transaction of the statement, which has been executed
     * @return true also if this cannot be ruled out
     */
    boolean touchesDatabase(Connection connection, String sql) throws SQLException;
}
