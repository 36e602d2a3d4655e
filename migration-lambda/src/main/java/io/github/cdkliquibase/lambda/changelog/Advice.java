package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.FailureReason.Culprit;
import io.github.cdkliquibase.lambda.changelog.FailureReason.HistoryPlace;
import io.github.cdkliquibase.lambda.changelog.execution.Fate;
import io.github.cdkliquibase.lambda.engine.postgresql.Blocker;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Optional;
import java.util.regex.Pattern;
import liquibase.exception.PreconditionErrorException;

/** Writes the last sentence of a reason: the next step. */
final class Advice {

    static final String CONNECTION = "Check the database and the network path to it, and deploy again to continue";

    private static final String CORRECT = "Correct it and deploy again";

    private static final String SPLIT_IN_DOLLAR_QUOTE =
            "The statement ends inside a dollar quote, because its text was split at ';': add 'splitStatements:false' or another 'endDelimiter' to the changeset, and deploy again";

    private static final String SPLIT_IN_QUOTE =
            "Close the quote. If the text was split at a ';' inside it, add 'splitStatements:false' to the changeset. Then deploy again";

    private static final Pattern PARAMETER = Pattern.compile("\\$\\{([^}\\s]{1,100})}");

    /** active_sql_transaction, duplicate_table, serialization_failure. */
    private static final String IN_TRANSACTION = "25001";

    private static final String EXISTS = "42P07";

    private static final String UNDEFINED_COLUMN = "42703";

    /** object_not_in_prerequisite_state. */
    private static final String NOT_READY = "55000";

    private static final String SERIALIZATION_FAILURE = "40001";

    private Advice() {}

    /** The advice after a changeset failed. */
    static String onChangeset(Throwable failure, Culprit culprit, HistoryPlace history) {
        if (DatabaseMessage.isConflict(failure)) {
            return onConflict(failure, culprit.blocker());
        }
        Optional<DatabaseMessage> message = DatabaseMessage.of(failure);
        Optional<String> ofTheParser = message.map(DatabaseMessage::text).flatMap(Advice::ofTheParser);
        if (ofTheParser.isPresent()) {
            return ofTheParser.get();
        }
        Optional<String> undefined = culprit.statement().flatMap(each -> undefined(each.sql(), culprit.text()));
        if (undefined.isPresent()) {
            return "The statement uses parameter %s, which has no value: set it in the property 'Parameters' and deploy again"
                    .formatted(Text.quote(undefined.get()));
        }
        if (DatabaseMessage.hasState(failure, DatabaseMessage.INSUFFICIENT_PRIVILEGE)) {
            return "User %s, or the role that the changeset has set, lacks a privilege: grant it, or let the construct 'DatabaseRoles' manage the privileges of its roles. Then deploy again"
                    .formatted(Text.quote(history.user()));
        }
        if (DatabaseMessage.hasState(failure, IN_TRANSACTION)) {
            return culprit.fate() instanceof Fate.Partly || culprit.fate() instanceof Fate.PartlyNotNoted
                    ? "Move the statement out of the changeset's own BEGIN and COMMIT, and deploy again"
                    : "Add 'runInTransaction:false' to the changeset, and deploy again";
        }
        return onServer(failure, message);
    }

    private static String onServer(Throwable failure, Optional<DatabaseMessage> message) {
        if (DatabaseMessage.passesOnANewConnection(failure).isPresent()) {
            return DatabaseMessage.hasState(failure, DatabaseMessage.READ_ONLY)
                    ? "The database is read-only: set 'Host' to the endpoint of the writer"
                    : CONNECTION;
        }
        if (DatabaseMessage.isShortOfResources(failure)) {
            return "The server is out of a resource, such as disk, memory, locks or connections: free some, and deploy again to continue";
        }
        if (message.filter(Advice::asksForAnIdentity).isPresent()) {
            return "The table belongs to a publication and has no replica identity. Add a primary key, or run 'ALTER TABLE … REPLICA IDENTITY FULL' on it, and deploy again";
        }
        return message.map(DatabaseMessage::sqlState).filter(EXISTS::equals).isPresent()
                ? "If it was created without Liquibase, add a precondition with 'onFail:MARK_RAN' to the changeset, and deploy again"
                : CORRECT;
    }

    private static boolean asksForAnIdentity(DatabaseMessage message) {
        return NOT_READY.equals(message.sqlState()) && message.text().contains("replica identity");
    }

    // A serialization failure is about rows: no session holds a lock.
    private static String onConflict(Throwable failure, Optional<Blocker> blocker) {
        if (DatabaseMessage.hasState(failure, SERIALIZATION_FAILURE)) {
            return "Another session changed the same rows: deploy again when the database is less busy";
        }
        return blocker.map(each -> "%s held the lock. %s".formatted(each.who(), each.advice()))
                .orElse(
                        "Another session holds a lock that the statement needs: end that session, or deploy when the database is less busy");
    }

    // Messages of the driver's parser and of the server's.
    private static Optional<String> ofTheParser(String text) {
        if (text.startsWith("Unterminated dollar") || text.startsWith("unterminated dollar")) {
            return Optional.of(SPLIT_IN_DOLLAR_QUOTE);
        }
        if (text.startsWith("Unterminated") || text.startsWith("unterminated quoted")) {
            return Optional.of(SPLIT_IN_QUOTE);
        }
        return text.contains("COPY commands are only supported")
                ? Optional.of("Use 'pg_dump --inserts' or the change 'loadData', and deploy again")
                : Optional.empty();
    }

    // A name that occurs only in a parameter's value is a piece of that value.
    private static Optional<String> undefined(String sql, ChangelogText statement) {
        return PARAMETER
                .matcher(sql)
                .results()
                .filter(reference -> !statement.isFilledIn() || statement.text().contains(reference.group()))
                .map(reference -> String.valueOf(reference.group(1)))
                .findFirst();
    }

    /** The advice after a run failed between changesets, on Liquibase's own tables. */
    static String onHistory(Throwable failure, HistoryPlace history) {
        if (DatabaseMessage.hasState(failure, DatabaseMessage.INSUFFICIENT_PRIVILEGE)) {
            return "User %s needs the privileges 'USAGE' and 'CREATE' on schema %s, and all privileges on Liquibase's tables there: grant them, let the construct 'DatabaseRoles' manage them, or name another schema in 'LiquibaseSchema'. Then deploy again"
                    .formatted(Text.quote(history.user()), Text.quote(history.schema()));
        }
        boolean isOfAPrecondition =
                Causes.find(failure, PreconditionErrorException.class).isPresent();
        if (DatabaseMessage.hasState(failure, EXISTS)
                || (DatabaseMessage.hasState(failure, UNDEFINED_COLUMN) && !isOfAPrecondition)) {
            return "Schema %s has another object with the name of one of Liquibase's tables: rename it, or name another schema in 'LiquibaseSchema'. Then deploy again"
                    .formatted(Text.quote(history.schema()));
        }
        if (DatabaseMessage.isConflict(failure)
                && DatabaseMessage.hasState(failure, DatabaseMessage.LOCK_NOT_AVAILABLE)
                && !isOfAPrecondition) {
            return "Another session holds a lock on Liquibase's table %s or %s in schema %s: end that session, or deploy when the database is less busy"
                    .formatted(Text.quote(history.history()), Text.quote(history.lock()), Text.quote(history.schema()));
        }
        return DatabaseMessage.isConflict(failure)
                ? onConflict(failure, Optional.empty())
                : onServer(failure, DatabaseMessage.of(failure));
    }
}
