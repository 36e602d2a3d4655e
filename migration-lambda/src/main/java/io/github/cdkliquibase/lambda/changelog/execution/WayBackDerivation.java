package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.StatementKind;
import io.github.cdkliquibase.lambda.engine.Statements;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import liquibase.change.Change;
import liquibase.change.DbmsTargetedChange;
import liquibase.change.core.LoadDataChange;
import liquibase.change.core.RawSQLChange;
import liquibase.change.custom.CustomChangeWrapper;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.database.DatabaseList;
import liquibase.exception.RollbackImpossibleException;
import liquibase.sql.Sql;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.statement.SqlStatement;

/**
 * Derives the SQL that undoes a changeset as Liquibase would: from its rollback block, or else from its changes, the last one first.
 * Nothing is executed.
 */
final class WayBackDerivation {

    /** What was derived: statements, or why there are none. */
    record Derived(Optional<List<String>> statements, String whyNone) {

        static Derived none(String why) {
            return new Derived(Optional.empty(), why);
        }
    }

    private static final int LONGEST_WHY = 200;

    private static final long LONGEST_SQL = 1_000_000;

    private final ChangeSet changeSet;
    private final Database database;
    private final Statements kinds;

    private WayBackDerivation(ChangeSet changeSet, Database database, Statements kinds) {
        this.changeSet = changeSet;
        this.database = database;
        this.kinds = kinds;
    }

    /**
     * Derives the way back of a changeset that has not run yet.
     *
     * @param isRepeated whether an earlier deploy has run it: its effect then was another one, which nothing knows
     */
    static Derived of(ChangeSet changeSet, boolean isRepeated, Database database, Statements kinds) {
        try {
            return new WayBackDerivation(changeSet, database, kinds).derive(isRepeated);
        } catch (RollbackImpossibleException e) {
            return Derived.none("Liquibase cannot derive it, and the changeset has no rollback block");
        } catch (NotSqlException e) {
            return Derived.none(String.valueOf(e.getMessage()));
        } catch (Exception | LinkageError | StackOverflowError e) {
            return Derived.none("Liquibase could not derive it ("
                    + Causes.root(e).getClass().getSimpleName() + ")");
        }
    }

    private Derived derive(boolean isRepeated) throws Exception {
        List<String> statements = changeSet.hasCustomRollbackChanges() ? ofBlock() : ofChanges();
        if (isRepeated && !statements.isEmpty()) {
            return Derived.none("it had run before, and its earlier effect is not known");
        }
        return obstacle(statements)
                .map(Derived::none)
                .orElseGet(() -> new Derived(Optional.of(List.copyOf(statements)), ""));
    }

    private Optional<String> obstacle(List<String> statements) {
        if (statements.stream().mapToLong(String::length).sum() > LONGEST_SQL) {
            return Optional.of("its SQL is longer than 1,000,000 characters");
        }
        if (statements.stream().map(kinds::kindOf).anyMatch(StatementKind::isOfTransactions)) {
            return Optional.of("its rollback block begins or ends a transaction");
        }
        List<String> alone = statements.stream()
                .filter(sql -> kinds.kindOf(sql) == StatementKind.ALONE)
                .toList();
        if (!alone.stream().allMatch(kinds::isIndexWork)) {
            return Optional.of("its rollback block has a statement that may end or refuse a transaction");
        }
        return alone.isEmpty() || alone.size() == statements.size()
                ? Optional.empty()
                : Optional.of("its rollback block mixes statements that refuse a transaction with others");
    }

    private List<String> ofBlock() throws NotSqlException {
        List<String> statements = new ArrayList<>();
        for (Change change : changeSet.getRollback().getChanges()) {
            if (isIgnored(change)) {
                continue;
            }
            refuseCustom(change);
            if (change.validate(database).hasErrors()) {
                throw new NotSqlException("its rollback block is not valid");
            }
            add(change.generateStatements(database), statements);
        }
        return statements;
    }

    private List<String> ofChanges() throws NotSqlException, RollbackImpossibleException {
        List<String> statements = new ArrayList<>();
        List<Change> changes = changeSet.getChanges();
        for (int i = changes.size() - 1; i >= 0; i--) {
            refuseCustom(changes.get(i));
            add(changes.get(i).generateRollbackStatements(database), statements);
        }
        return statements;
    }

    private boolean isIgnored(Change change) {
        boolean isOfAnotherDatabase = change instanceof DbmsTargetedChange targeted
                && !DatabaseList.definitionMatches(targeted.getDbms(), database, true);
        boolean isEmpty =
                change instanceof RawSQLChange raw && "empty".equalsIgnoreCase(Objects.toString(raw.getSql(), ""));
        return isOfAnotherDatabase || isEmpty;
    }

    // It is Java, which may do anything when it is asked.
    private static void refuseCustom(Change change) throws NotSqlException {
        if (change instanceof CustomChangeWrapper) {
            throw new NotSqlException("it is written in Java, which cannot be kept as SQL");
        }
        // Its inverse has a statement for each row of the file.
        if (change instanceof LoadDataChange) {
            throw new NotSqlException("it loads a file, and the changeset has no rollback block in SQL");
        }
    }

    private void add(SqlStatement[] generated, List<String> statements) throws NotSqlException {
        for (SqlStatement statement : generated == null ? new SqlStatement[0] : generated) {
            Sql[] sql = ChangesetStatement.isOpaque(statement)
                    ? null
                    : SqlGeneratorFactory.getInstance().generateSql(statement, database);
            if (sql == null) {
                throw new NotSqlException("%s cannot be kept as SQL"
                        .formatted(Text.cut(statement.getClass().getSimpleName(), LONGEST_WHY)));
            }
            Arrays.stream(sql)
                    .map(this::modified)
                    .filter(text -> !text.isBlank())
                    .forEach(statements::add);
        }
    }

    private String modified(Sql sql) {
        String text = Objects.toString(sql.toSql(), "");
        for (SqlVisitor visitor : changeSet.getSqlVisitors()) {
            if (visitor.isApplyToRollback()) {
                text = visitor.modifySql(text, database);
            }
        }
        return text;
    }

    /** A change without a form in SQL. */
    private static final class NotSqlException extends Exception {

        private static final long serialVersionUID = 1L;

        NotSqlException(String why) {
            super(why);
        }
    }
}
