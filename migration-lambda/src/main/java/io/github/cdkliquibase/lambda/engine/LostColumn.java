package io.github.cdkliquibase.lambda.engine;

/**
 * A column, or a whole table, that a statement would drop. Names may change until then, so it is known by its numbers.
 *
 * @param table the server's number of the table
 * @param column the number of the column in the table; 0 if the whole table goes
 * @param words its names at first, for people
 */
public record LostColumn(long table, int column, String words) {

    /** For people. */
    @Override
    public String toString() {
        return words;
    }
}
