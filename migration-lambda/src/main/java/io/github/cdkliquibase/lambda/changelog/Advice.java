package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.changelog.FailureReason.Culprit;
import io.github.cdkliquibase.lambda.changelog.FailureReason.HistoryPlace;
import io.github.cdkliquibase.lambda.changelog.execution.Fate;
import io.github.cdkliquibase.lambda.engine.Blocker;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Optional;
import java.util.regex.Pattern;
import liquibase.exception.PreconditionErrorException;

/** What to do next, as the last sentence of a reason. */
final class Advice {

    static final String CONNECTION = "Check the database and the way to it, and deploy again to go on";

    private static final String CORRECT = "Correct it and deploy again";

    private static final String SPLIT_IN_DOLLAR_QUOTE =
            "The statement ends inside a dollar quote, because its text was split at ';': give the changeset 'splitStatements:false' or another 'endDelimiter', and deploy again";

    private static final String SPLIT_IN_QUOTE =
            "Close the quote. If the text was split at a ';' inside it, give the changeset 'splitStatements:false'. Then deploy again";

    private static final Pattern PARAMETER = Pattern.compile("\\$\\{([^}\\s]{1,100})}");

    private final Failures failures;

    Advice(Failures failures) {
        this.failures = failures;
    }

    /** After a changeset failed. */
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
            return "Parameter %s is used in it and has no value: set it in the property 'Parameters' and deploy again"
                    .formatted(Text.quote(undefined.get()));
        }
        return switch (kind) {
            case NO_PRIVILEGE ->
                "User %s, or the role that the changeset has set, lacks a right: grant it, or let the construct 'DatabaseRoles' manage the rights of its roles. Then deploy again"
                        .formatted(Text.quote(history.user()));
            case IN_TRANSACTION ->
                culprit.fate() instanceof Fate.Partly || culprit.fate() instanceof Fate.PartlyNotNoted
                        ? "Take the statement out of the changeset's own BEGIN and COMMIT and deploy again"
                        : "Give the changeset 'runInTransaction:false' and deploy again";
            default -> onServer(kind);
        };
    }

    private static String onServer(FailureKind kind) {
        if (kind.isShortOfResources()) {
            return "The database is short of a resource: make room, and deploy again to go on";
        }
        return switch (kind) {
            case READ_ONLY -> "The database takes no writes: 'Host' must be the endpoint of the writer";
            case CONNECTION_LOST, REMOTE_CONNECTION_LOST, TLS_FAILED -> CONNECTION;
            case NO_REPLICA_IDENTITY ->
                "A publication holds the table. Give it a primary key, or run 'ALTER TABLE … REPLICA IDENTITY FULL' on it, and deploy again";
            case TABLE_EXISTS ->
                "If it was made without Liquibase, give the changeset a precondition with 'onFail:MARK_RAN', and deploy again";
            default -> CORRECT;
        };
    }

    // A serialization failure is a matter of rows, and no session holds a lock.
    private static String onConflict(FailureKind kind, Optional<Blocker> blocker) {
        if (kind == FailureKind.SERIALIZATION) {
            return "Another session changed the same rows: deploy again when it is quiet";
        }
        return blocker.map(each -> "%s held the lock. %s".formatted(each.who(), each.advice()))
                .orElse(
                        "Another session holds a lock that the statement needs: end that session, or deploy when it is quiet");
    }

    private static Optional<String> ofTheText(FailureKind kind) {
        return switch (kind) {
            case UNTERMINATED_DOLLAR_QUOTE -> Optional.of(SPLIT_IN_DOLLAR_QUOTE);
            case UNTERMINATED_QUOTE -> Optional.of(SPLIT_IN_QUOTE);
            case COPY_FROM_CLIENT ->
                Optional.of("Use 'pg_dump --inserts' or the change 'loadData', and deploy again");
            default -> Optional.empty();
        };
    }

    // A name that is in a parameter's value alone is a piece of that value.
    private static Optional<String> undefined(String sql, ChangelogText statement) {
        return PARAMETER
                .matcher(sql)
                .results()
                .filter(reference -> !statement.isFilledIn() || statement.text().contains(reference.group()))
                .map(reference -> String.valueOf(reference.group(1)))
                .findFirst();
    }

    /** After the run failed between changesets, at Liquibase's own tables in this place. */
    String onHistory(Throwable failure, HistoryPlace history) {
        FailureKind kind = failures.kind(failure);
        boolean isOfAPrecondition =
                Causes.find(failure, PreconditionErrorException.class).isPresent();
        if (kind == FailureKind.NO_PRIVILEGE) {
            return "User %s needs the rights 'USAGE' and 'CREATE' on schema %s, and all rights on Liquibase's tables there: grant them, let the construct 'DatabaseRoles' manage them, or name another schema in 'LiquibaseSchema'. Then deploy again"
                    .formatted(Text.quote(history.user()), Text.quote(history.schema()));
        }
        if (kind == FailureKind.TABLE_EXISTS || (kind == FailureKind.NO_COLUMN && !isOfAPrecondition)) {
            return "Schema %s has another object with the name of one of Liquibase's tables: rename it, or name another schema in 'LiquibaseSchema'. Then deploy again"
                    .formatted(Text.quote(history.schema()));
        }
        if (kind == FailureKind.LOCK_TIMEOUT && !isOfAPrecondition) {
            return "Another session holds a lock on Liquibase's table %s or %s in schema %s: end that session, or deploy when it is quiet"
                    .formatted(Text.quote(history.history()), Text.quote(history.lock()), Text.quote(history.schema()));
        }
        return kind.isConflict() ? onConflict(kind, Optional.empty()) : onServer(kind);
    }
}
