package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Drops what the user owns in a schema: tables, views, sequences, types, domains, functions, and all other kinds of objects.
 * The schema itself stays, and so do members of extensions, objects of other owners, and what objects of other schemas depend on.
 */
public final class SchemaDrop {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** dependent_objects_still_exist. */
    private static final String DEPENDENTS = "2BP01";

    /** Kinds whose word in {@code DROP} is another one than in the catalogs. */
    private static final Map<String, String> WORDS = Map.of("statistics object", "STATISTICS");

    private static final String OBJECTS = """
            SELECT i.type, i.identity FROM (
              SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS classid, c.oid, c.relowner AS owner, c.relnamespace AS space
                FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
              UNION ALL SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, p.proowner, p.pronamespace FROM pg_catalog.pg_proc p
              UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typowner, t.typnamespace FROM pg_catalog.pg_type t
                WHERE t.typelem OPERATOR(pg_catalog.=) 0 AND (t.typrelid OPERATOR(pg_catalog.=) 0
                  OR EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) t.typrelid AND c.relkind IN ('c')))
              UNION ALL SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass, o.oid, o.oprowner, o.oprnamespace FROM pg_catalog.pg_operator o
              UNION ALL SELECT 'pg_catalog.pg_opclass'::pg_catalog.regclass, o.oid, o.opcowner, o.opcnamespace FROM pg_catalog.pg_opclass o
              UNION ALL SELECT 'pg_catalog.pg_opfamily'::pg_catalog.regclass, o.oid, o.opfowner, o.opfnamespace FROM pg_catalog.pg_opfamily o
              UNION ALL SELECT 'pg_catalog.pg_collation'::pg_catalog.regclass, c.oid, c.collowner, c.collnamespace FROM pg_catalog.pg_collation c
              UNION ALL SELECT 'pg_catalog.pg_conversion'::pg_catalog.regclass, c.oid, c.conowner, c.connamespace FROM pg_catalog.pg_conversion c
              UNION ALL SELECT 'pg_catalog.pg_ts_config'::pg_catalog.regclass, c.oid, c.cfgowner, c.cfgnamespace FROM pg_catalog.pg_ts_config c
              UNION ALL SELECT 'pg_catalog.pg_ts_dict'::pg_catalog.regclass, d.oid, d.dictowner, d.dictnamespace FROM pg_catalog.pg_ts_dict d
              UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid, s.stxowner, s.stxnamespace FROM pg_catalog.pg_statistic_ext s
            ) x (classid, objid, owner, space)
              JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) x.space,
              LATERAL pg_catalog.pg_identify_object(x.classid, x.objid, 0) i
            WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
              AND (NOT ? OR pg_catalog.pg_has_role(x.owner, 'USAGE'))
              AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                WHERE d.classid OPERATOR(pg_catalog.=) x.classid AND d.objid OPERATOR(pg_catalog.=) x.objid
                  AND d.objsubid OPERATOR(pg_catalog.=) 0 AND d.deptype IN ('e', 'i', 'a'))
            ORDER BY i.type, i.identity
            """;

    private static final String FOREIGN_KEYS = """
            SELECT pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, t.relname, c.conname)
            FROM pg_catalog.pg_constraint c
              JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) c.conrelid
              JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.relnamespace
            WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name AND c.contype IN ('f')
              AND c.conparentid OPERATOR(pg_catalog.=) 0 AND pg_catalog.pg_has_role(t.relowner, 'USAGE')
            """;

    /** How many things of other owners and of other schemas there are that a drop that cascades could take along. */
    private static final String OF_OTHERS = """
            SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c WHERE c.relnamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc p WHERE p.pronamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_type t WHERE t.typnamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_constraint c WHERE c.connamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
                  WHERE c.relnamespace OPERATOR(pg_catalog.<>) s.oid AND NOT a.attisdropped)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) d.adrelid
                  WHERE c.relnamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.tgrelid
                  WHERE c.relnamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) p.polrelid
                  WHERE c.relnamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) r.ev_class
                  WHERE c.relnamespace OPERATOR(pg_catalog.<>) s.oid)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_event_trigger)
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c WHERE c.relnamespace OPERATOR(pg_catalog.=) s.oid
                  AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE'))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc p WHERE p.pronamespace OPERATOR(pg_catalog.=) s.oid
                  AND NOT pg_catalog.pg_has_role(p.proowner, 'USAGE'))
              , (SELECT pg_catalog.count(*) FROM pg_catalog.pg_type t WHERE t.typnamespace OPERATOR(pg_catalog.=) s.oid
                  AND NOT pg_catalog.pg_has_role(t.typowner, 'USAGE'))
            FROM pg_catalog.pg_namespace s WHERE s.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
            """;

    private final Connection connection;
    private final String schema;
    private final Deadline deadline;

    /** An object as the catalogs name it. */
    private record Found(String type, String identity) {

        String drop() {
            String word = WORDS.getOrDefault(type, type.toUpperCase(Locale.ROOT));
            String name = type.equals("aggregate") && identity.endsWith("()")
                    ? identity.substring(0, identity.length() - 2) + "(*)"
                    : identity;
            return "DROP %s IF EXISTS %s".formatted(word, name);
        }

        @Override
        public String toString() {
            return type + " " + identity;
        }
    }

    /**
     * A drop that has not begun.
     *
     * @param connection with auto-commit on
     */
    public SchemaDrop(Connection connection, String schema, Deadline deadline) {
        this.connection = connection;
        this.schema = schema;
        this.deadline = deadline;
    }

    /**
     * Drops what can be dropped. Waits for what other sessions hold, until the deadline.
     *
     * @return what is left in the schema, in words: objects of other owners, and those that something in another schema
     *     depends on
     * @throws SQLException if something cannot be dropped for another reason
     */
    public List<String> execute() throws SQLException {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        SQLException locked = dropAllOnce();
        while (locked != null) {
            if (!Backoff.sleep(backoff.next(), deadline)) {
                throw locked;
            }
            locked = dropAllOnce();
        }
        return found(false).stream().map(Found::toString).toList();
    }

    // Null if nothing waits for another session.
    private @org.jspecify.annotations.Nullable SQLException dropAllOnce() throws SQLException {
        SQLException locked = null;
        for (String constraint : foreignKeys()) {
            try {
                execute(constraint);
            } catch (SQLException e) {
                locked = lockedOrThrow(e);
            }
        }
        boolean goesOn = true;
        while (goesOn) {
            goesOn = false;
            for (Found object : found(true)) {
                try {
                    goesOn |= dropped(object);
                } catch (SQLException e) {
                    locked = lockedOrThrow(e);
                }
            }
        }
        return locked;
    }

    private static SQLException lockedOrThrow(SQLException failure) throws SQLException {
        if (DatabaseMessage.isConflict(failure)) {
            return failure;
        }
        throw failure;
    }

    private boolean dropped(Found object) throws SQLException {
        try {
            execute(object.drop());
            return true;
        } catch (SQLException e) {
            if (!DatabaseMessage.hasState(e, DEPENDENTS)) {
                throw e;
            }
            return droppedInACircle(object);
        }
    }

    // Objects of the schema that depend on each other go together, as long as nothing of another schema or owner goes
    // with them.
    private boolean droppedInACircle(Found object) throws SQLException {
        connection.setAutoCommit(false);
        try {
            List<Long> before = ofOthers();
            execute(object.drop() + " CASCADE");
            boolean isInside = ofOthers().equals(before);
            if (isInside) {
                connection.commit();
            } else {
                connection.rollback();
            }
            return isInside;
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<Found> found(boolean own) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(OBJECTS)) {
            query.setString(1, schema);
            query.setBoolean(2, own);
            List<Found> found = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.add(new Found(row.getString(1), row.getString(2)));
                }
            }
            return found;
        }
    }

    private List<String> foreignKeys() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FOREIGN_KEYS)) {
            query.setString(1, schema);
            List<String> statements = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    statements.add(row.getString(1));
                }
            }
            return statements;
        }
    }

    private List<Long> ofOthers() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(OF_OTHERS)) {
            query.setString(1, schema);
            List<Long> counts = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                row.next();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    counts.add(row.getLong(column));
                }
            }
            return counts;
        }
    }
}
