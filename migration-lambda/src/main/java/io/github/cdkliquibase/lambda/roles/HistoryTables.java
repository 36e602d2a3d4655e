package io.github.cdkliquibase.lambda.roles;

import java.util.Set;

/**
 * Tables in which Liquibase and this project keep the history: the application may read them, but never write them.
 */
final class HistoryTables {

    private static final Set<String> NAMES = Set.of(
            "databasechangelog",
            "databasechangeloglock",
            "databasechangelogunfinished",
            "databasechangelogdeploys",
            "databasechangelogwaysback");

    /**
     * The condition that a relation holds the history, or is a view on it: writing a simple view writes the table
     * behind it. Takes the relation's alias.
     */
    private static final String IS_HISTORY =
            "%s.oid IN (WITH RECURSIVE h (oid) AS (SELECT t.oid FROM pg_class t WHERE lower(t.relname) = ANY ('{"
                    + String.join(",", NAMES)
                    + "}') UNION SELECT w.ev_class FROM h JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = h.oid"
                    + " AND d.classid = 'pg_rewrite'::regclass JOIN pg_rewrite w ON w.oid = d.objid) SELECT h.oid FROM h)";

    private HistoryTables() {}

    /** The condition that the relation of this alias holds the history of the migrations, or shows it. */
    static String isHistory(String alias) {
        return IS_HISTORY.formatted(alias);
    }
}
