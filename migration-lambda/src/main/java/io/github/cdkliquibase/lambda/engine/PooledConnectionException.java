package io.github.cdkliquibase.lambda.engine;

import java.sql.SQLException;

/** A connection pooler is between the run and the server. The message is the sign by which it is known, as a clause. */
public final class PooledConnectionException extends SQLException {

    private static final long serialVersionUID = 1;

    /** With the sign by which the pooler is known, as a clause. */
    public PooledConnectionException(String sign) {
        super(sign);
    }
}
