package io.github.cdkliquibase.lambda.failure;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The database's message about a failure: the primary message and the SQLSTATE.
 *
 * <p>The detail, the hint and the statement are left out: they hold rows and SQL.
 *
 * @param text the primary message, on one line
 * @param sqlState the five characters of the SQL standard, or null where the driver names none
 * @param kind what it means
 * @param isOfTheServer whether the server said it, and not the driver
 * @param position in the statement, from 1; 0 where the server names none
 * @param names of objects of the database that the server says the failure is about
 */
public record DatabaseMessage(
        String text,
        @Nullable String sqlState,
        FailureKind kind,
        boolean isOfTheServer,
        int position,
        Set<String> names) {

    /** The same message with another text. */
    public DatabaseMessage withText(String newText) {
        return new DatabaseMessage(newText, sqlState, kind, isOfTheServer, position, names);
    }

    /** The message with the SQLSTATE behind it, as reasons show it. */
    public String withState() {
        return sqlState == null ? text : text + " (SQLSTATE " + sqlState + ")";
    }
}
