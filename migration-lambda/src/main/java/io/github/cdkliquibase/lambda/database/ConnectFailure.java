package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;

/** The kind of a refused connection, which decides about the next attempt. */
enum ConnectFailure {
    /** May pass by itself: the port is not open yet, a name does not resolve yet, the server starts up or is full. */
    PASSING,
    /** The password is wrong or out of date, or the token was rejected. */
    CREDENTIALS,
    /** Will be the same next time: no such database, TLS without trust, no right to connect. */
    LASTING;

    /** 57P03 cannot_connect_now, 57P01 admin_shutdown, 57P02 crash_shutdown, 53300 too_many_connections. */
    private static final Set<String> PASSING_STATES = Set.of("57P03", "57P01", "57P02", "53300");

    static ConnectFailure of(SQLException failure) {
        String state = failure.getSQLState();
        if ("28P01".equals(state) || ("28000".equals(state) && isOfTheToken(failure))) {
            return CREDENTIALS;
        }
        if (state != null && PASSING_STATES.contains(state)) {
            return PASSING;
        }
        if (serverSpoke(failure)
                || Causes.find(failure, GeneralSecurityException.class).isPresent()) {
            return LASTING;
        }
        if (Causes.find(failure, SSLException.class).isPresent()) {
            return LASTING;
        }
        // The rest are network failures: refused, reset, timed out, unknown host. A host name that the certificate does
        // not cover is also class 08, but has no cause.
        return Causes.find(failure, IOException.class).isPresent() || "08001".equals(state) ? PASSING : LASTING;
    }

    // RDS checks a token with PAM, and reports a failure in PostgreSQL's words. Other failures have the same SQLSTATE:
    // no line of pg_hba.conf admits the user, or the role has no LOGIN.
    private static boolean isOfTheToken(SQLException failure) {
        return DatabaseMessage.of(failure)
                .filter(message -> message.text().startsWith("PAM authentication failed"))
                .isPresent();
    }

    private static boolean serverSpoke(SQLException failure) {
        return failure instanceof PSQLException driver && driver.getServerErrorMessage() != null;
    }
}
