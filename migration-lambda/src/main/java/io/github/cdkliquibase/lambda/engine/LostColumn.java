package io.github.cdkliquibase.lambda.engine;

/**
 * A column, or a whole table, that a statement would drop.
 *
 * @param table as a statement writes it
 * @param column as a statement writes it; empty if the whole table goes
 */
public record LostColumn(String table, String column) {

    /** For people. */
    @Override
    public String toString() {
        return column.isEmpty() ? "table " + table : "column " + column + " of table " + table;
    }
}
