package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.Statements;
import java.util.Optional;
import liquibase.change.AbstractSQLChange;
import liquibase.change.Change;
import liquibase.change.core.RawSQLChange;
import liquibase.change.core.SQLFileChange;
import liquibase.util.StringUtil;

/**
 * The place of a statement in its change.
 *
 * @param change that it belongs to
 * @param number of the statement in the change, from 1; 0 before the first
 * @param sql of the statement; empty if Liquibase generated it
 * @param statements splits SQL as the engine does
 */
public record StatementPlace(Change change, int number, String sql, Statements statements) {

    static StatementPlace before(Change change, Statements statements) {
        return new StatementPlace(change, 0, "", statements);
    }

    StatementPlace next(String nextSql) {
        return new StatementPlace(change, number + 1, nextSql, statements);
    }

    /**
     * The place in words for a reason: number of the statement, line and file, as far as they are known.
     *
     * @param position offset in the statement as the database reports it, from 1; 0 if it reports none
     * @return empty if nothing useful is known
     */
    public String describe(int position) {
        if (!(change instanceof AbstractSQLChange written) || written.getSql() == null || sql.isEmpty()) {
            return number > 1 ? "statement %d of its %s".formatted(number, change.getSerializedObjectName()) : "";
        }
        String text = written.getSql();
        String[] parts = StringUtil.processMultiLineSQL(
                text.replace("\r", ""),
                written.isStripComments(),
                written.isSplitStatements(),
                written.getEndDelimiter(),
                written.getChangeSet());
        String statement = parts.length > 1 ? "statement %d of %d".formatted(number, parts.length) : "";
        String line = line(written, parts, position).orElse("");
        return statement.isEmpty() || line.isEmpty() ? statement + line : statement + ", " + line;
    }

    private Optional<String> line(AbstractSQLChange written, String[] parts, int position) {
        String text = String.valueOf(written.getSql()).replace("\r", "");
        int from = 0;
        for (int each = 0; each < number - 1 && each < parts.length; each++) {
            int found = text.indexOf(parts[each], from);
            from = found < 0 ? from : found + parts[each].length();
        }
        int start = text.indexOf(sql, from);
        if (start < 0) {
            return Optional.empty();
        }
        // The server counts within one statement, and it does not say which statement of the text it was.
        boolean isOne = statements.split(sql).size() == 1;
        int offset = isOne ? Math.max(0, position - 1) : 0;
        int end = Math.min(text.length(), start + offset);
        int line = 1
                + (int) text.substring(0, end)
                        .chars()
                        .filter(each -> each == '\n')
                        .count();
        String where = isOne ? "line" : "the text that begins in line";
        return switch (written) {
            case SQLFileChange file -> Optional.of("%s %d of '%s'".formatted(where, line, file.getPath()));
            case RawSQLChange raw
            when raw.getSqlStartLine() != null ->
                Optional.of("%s %d of '%s'"
                        .formatted(
                                where,
                                raw.getSqlStartLine() + line - 1,
                                raw.getChangeSet().getChangeLog().getPhysicalFilePath()));
            default -> line == 1 ? Optional.empty() : Optional.of("%s %d of its SQL".formatted(where, line));
        };
    }
}
