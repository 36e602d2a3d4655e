package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.HistoryTables;

/**
 * The key of the advisory lock of a history. It is that of the extension liquibase-sessionlock, so that a run with it and one of
 * ours exclude each other.
 *
 * @param table the first half
 * @param schema the second half
 */
record LockKey(int table, int schema) {

    static LockKey of(HistoryTables tables) {
        return new LockKey(tables.lock().hashCode(), tables.schema().hashCode());
    }

    /** The first half as {@code pg_locks} shows it: an object identifier, which has no sign. */
    long classId() {
        return Integer.toUnsignedLong(table);
    }

    /** The second half as {@code pg_locks} shows it. */
    long objectId() {
        return Integer.toUnsignedLong(schema);
    }
}
