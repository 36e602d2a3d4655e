package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.Fate;
import io.github.cdkliquibase.lambda.engine.Blocker;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.FailureKind;
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

    private final Failures failures;

    Advice(Failures failures) {
        this.failures = failures;
    }

    /** The advice after a changeset failed. */
    String onChangeset(Throwable failure, Culprit culprit, HistoryPlace history) {
        FailureKind kind = failures.kind(failure);
        if (kind.isConflict()) {
            return onConflict(kind, culprit.blocker());
        }
        Optional<String> ofTheText = ofTheText(kind);
        if (ofTheText.isPresent()) {
            return ofTheText.get();
        }
        Optional<String> undefined = culprit.statement().flatMap(each -> undefined(each.sql(), culprit.text()));
        if (undefined.isPresent()) {
            return "The statement uses parameter %s, which has no value: set it in the property 'Parameters' and deploy again"
                    .formatted(Text.quote(undefined.get()));
        }
        return onStatement(kind, culprit, history);
    }

    private static String onStatement(FailureKind kind, Culprit culprit, HistoryPlace history) {
        return switch (kind) {
            case NO_PRIVILEGE ->
                "User %s, or the role that the changeset has set, lacks a privilege: grant it, or let the construct 'DatabaseRoles' manage the privileges of its roles. Then deploy again"
                        .formatted(Text.quote(history.user()));
            case IN_TRANSACTION ->
                culprit.fate() instanceof Fate.Partly || culprit.fate() instanceof Fate.PartlyNotNoted
                        ? "Move the statement out of the changeset's own BEGIN and COMMIT, and deploy again"
                        : "Add 'runInTransaction:false' to the changeset, and deploy again";
            default -> onServer(kind);
        };
    }

    private static String onServer(FailureKind kind) {
        if (kind.isShortOfResources()) {
            return "The server is out of a resource, such as disk, memory, locks or connections: free some, and deploy again to continue";
        }
        return switch (kind) {
            case READ_ONLY -> "The database is read-only: set 'Host' to the endpoint of the writer";
            case CONNECTION_LOST, CONNECTION_CLOSED, REMOTE_CONNECTION_LOST, TLS_FAILED -> CONNECTION;
            case NO_REPLICA_IDENTITY ->
                "The table belongs to a publication and has no replica identity. Add a primary key, or run 'ALTER TABLE … REPLICA IDENTITY FULL' on it, and deploy again";
            case TABLE_EXISTS ->
                "If it was created without Liquibase, add a precondition with 'onFail:MARK_RAN' to the changeset, and deploy again";
            default -> CORRECT;
        };
    }

    // A serialization failure is about rows: no session holds a lock.
    private static String onConflict(FailureKind kind, Optional<Blocker> blocker) {
        if (kind == FailureKind.SERIALIZATION) {
            return "Another session changed the same rows: deploy again when the database is less busy";
        }
        return blocker.map(each -> "%s held the lock. %s".formatted(each.who(), each.advice()))
                .orElse(
                        "Another session holds a lock that the statement needs: end that session, or deploy when the database is less busy");
    }

    private static Optional<String> ofTheText(FailureKind kind) {
        return switch (kind) {
            case UNTERMINATED_DOLLAR_QUOTE -> Optional.of(SPLIT_IN_DOLLAR_QUOTE);
            case UNTERMINATED_QUOTE -> Optional.of(SPLIT_IN_QUOTE);
            case COPY_FROM_CLIENT -> Optional.of("Use 'pg_dump --inserts' or the change 'loadData', and deploy again");
            default -> Optional.empty();
        };
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
    String onHistory(Throwable failure, HistoryPlace history) {
        FailureKind kind = failures.kind(failure);
        boolean isOfAPrecondition =
                Causes.find(failure, PreconditionErrorException.class).isPresent();
        if (kind == FailureKind.NO_PRIVILEGE) {
            return "User %s needs the privileges 'USAGE' and 'CREATE' on schema %s, and all privileges on Liquibase's tables there: grant them, let the construct 'DatabaseRoles' manage them, or name another schema in 'LiquibaseSchema'. Then deploy again"
                    .formatted(Text.quote(history.user()), Text.quote(history.schema()));
        }
        if (kind == FailureKind.TABLE_EXISTS || (kind == FailureKind.NO_COLUMN && !isOfAPrecondition)) {
            return "Schema %s has another object with the name of one of Liquibase's tables: rename it, or name another schema in 'LiquibaseSchema'. Then deploy again"
                    .formatted(Text.quote(history.schema()));
        }
        if (kind == FailureKind.LOCK_TIMEOUT && !isOfAPrecondition) {
            return "Another session holds a lock on Liquibase's table %s or %s in schema %s: end that session, or deploy when the database is less busy"
                    .formatted(Text.quote(history.history()), Text.quote(history.lock()), Text.quote(history.schema()));
        }
        return kind.isConflict() ? onConflict(kind, Optional.empty()) : onServer(kind);
    }
}
