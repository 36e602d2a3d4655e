package io.github.cdkliquibase.lambda.failure;

/** What a failure of the database or its driver means, whatever engine it is of. */
public enum FailureKind {
    /** The statement did not get its lock in time. */
    LOCK_TIMEOUT,
    /** The statement was the victim of a deadlock. */
    DEADLOCK,
    /** The transaction lost against another one that changed the same rows. */
    SERIALIZATION,
    /** The connection is lost, or there is none yet: the network, the end of the server, a server that starts up. */
    CONNECTION_LOST,
    /** The connection was closed at this end before the statement was sent. */
    CONNECTION_CLOSED,
    /** The server, or a pooler in front of it, says that a connection of its own is lost. */
    REMOTE_CONNECTION_LOST,
    /** TLS failed, at the handshake or later. */
    TLS_FAILED,
    /** The server takes no writes, such as one that was the writer before a failover. */
    READ_ONLY,
    /** The server, the database or the user has all the connections that it may have. */
    TOO_MANY_CONNECTIONS,
    /** The server has run out of disk, memory or locks. */
    NO_RESOURCES,
    /** The server rejected the password, or a token that it took for one. */
    PASSWORD_REJECTED,
    /** The server rejected the token. */
    TOKEN_REJECTED,
    /** There is no such database. */
    NO_DATABASE,
    /** The certificate of the server is for another host name. */
    OTHER_HOST_NAME,
    /** The server asked for the password in clear text. */
    CLEAR_TEXT_PASSWORD,
    /** The server has no TLS. */
    NO_TLS,
    /** The user or its role may not do this. */
    NO_PRIVILEGE,
    /** The statement refuses to run in a transaction. */
    IN_TRANSACTION,
    /** The statement may not end the transaction in which it runs. */
    ENDS_TRANSACTION,
    /** There is a table, or another relation, of this name. */
    TABLE_EXISTS,
    /** There is another object of this name. */
    OBJECT_EXISTS,
    /** There is no such table or other object. */
    NO_OBJECT,
    /** There is no such column. */
    NO_COLUMN,
    /** A publication holds the table, and rows have no identity for its subscribers. */
    NO_REPLICA_IDENTITY,
    /** An object is not in the state that the statement needs. */
    NOT_READY,
    /** A text ends inside a dollar quote. */
    UNTERMINATED_DOLLAR_QUOTE,
    /** A text ends inside a quote. */
    UNTERMINATED_QUOTE,
    /** Rows were to be sent behind the statement, which the driver does not do. */
    COPY_FROM_CLIENT,
    /** Anything else. */
    OTHER;

    /** Whether the statement lost against another session, and may win the next time. */
    public boolean isConflict() {
        return this == LOCK_TIMEOUT || this == DEADLOCK || this == SERIALIZATION;
    }

    /** Whether another connection may mend it: the connection is lost, or leads to a server that takes no writes. */
    public boolean passesOnANewConnection() {
        return this == CONNECTION_LOST
                || this == CONNECTION_CLOSED
                || this == REMOTE_CONNECTION_LOST
                || this == TLS_FAILED
                || this == READ_ONLY;
    }

    /** Whether an attempt to connect that ended so may succeed later: nothing listens yet, the server starts up or is full. */
    public boolean passesWhileConnecting() {
        return this == CONNECTION_LOST || this == CONNECTION_CLOSED || this == TOO_MANY_CONNECTIONS;
    }

    /** Whether the server rejected the password or the token. */
    public boolean isOfCredentials() {
        return this == PASSWORD_REJECTED || this == TOKEN_REJECTED;
    }

    /** Whether the server is short of something. */
    public boolean isShortOfResources() {
        return this == NO_RESOURCES || this == TOO_MANY_CONNECTIONS;
    }
}
