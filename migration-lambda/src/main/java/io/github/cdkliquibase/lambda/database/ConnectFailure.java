package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;

/** What a refused connection means for the next attempt. */
enum ConnectFailure {
    /** May pass by itself: nobody listens yet, a name does not resolve yet, the server starts up or is full. */
    PASSING,
    /** The password is not (or no longer) the right one, or the token was not taken. */
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
        // Only the network is left: refused, reset, timed out, unknown host. A host name that the certificate does not
        // cover is class 08 too, but has no cause.
        return Causes.find(failure, IOException.class).isPresent() || "08001".equals(state) ? PASSING : LASTING;
    }

    // RDS hands a token to PAM, and says so in PostgreSQL's words. Of the same state, among others: no line of
    // pg_hba.conf
    // lets the user in, or it may not log in at all.
    private static boolean isOfTheToken(SQLException failure) {
        return DatabaseMessage.of(failure)
                .filter(message -> message.text().startsWith("PAM authentication failed"))
                .isPresent();
    }

    private static boolean serverSpoke(SQLException failure) {
        return failure instanceof PSQLException driver && driver.getServerErrorMessage() != null;
    }
}
