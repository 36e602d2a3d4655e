package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock row of plain Liquibase, which is used from a laptop or a build. It outlives a run that was killed.
 *
 * <p>Such a run keeps the connection on which it locked. So the lock is stale when no session is left that was
 * connected at that time and whose user may write the table.
 */
final class LockRow {

    private static final Logger LOG = LoggerFactory.getLogger(LockRow.class);

    private static final int LISTED = 3;

    private final Connection connection;
    private final String schema;
    private final String table;

    LockRow(Connection connection, String schema, String table) {
        this.connection = connection;
        this.schema = schema;
        this.table = table;
    }

    /** Empty if the row is free, or was stale and has been released here. */
    Optional<Obstacle> claim() throws SQLException {
        String quoted = quotedTable();
        if (quoted == null) {
            return Optional.empty();
        }
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(
                        "SELECT coalesce(lockedby, 'an unknown host'), lockgranted::pg_catalog.text FROM %s WHERE id OPERATOR(pg_catalog.=) 1 AND locked"
                                .formatted(quoted))) {
            if (!row.next()) {
                return Optional.empty();
            }
            String owner = Text.quote(row.getString(1));
            String granted = row.getString(2);
            String since = granted == null ? "an unknown time" : granted;
            List<Holder> suspects = suspects(quoted);
            if (suspects.isEmpty() && release(quoted, granted)) {
                LOG.atWarn()
                        .addKeyValue("event", "lock.released")
                        .log(
                                "Released the lock that {} left in table {} at {}: no session is left that was connected then and may write the table",
                                owner,
                                Text.quote(table),
                                since);
                return Optional.empty();
            }
            return Optional.of(new Obstacle(
                    "%s has locked table %s since %s%s"
                            .formatted(
                                    owner,
                                    Text.quote(table),
                                    since,
                                    suspects.isEmpty() ? "" : ", and may be " + listed(suspects)),
                    "If that run is gone, release the lock with Liquibase's command 'releaseLocks' and deploy again"));
        }
    }

    private @Nullable String quotedTable() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT pg_catalog.to_regclass(pg_catalog.format('%I.%I', ?::pg_catalog.text, ?::pg_catalog.text))::pg_catalog.text")) {
            query.setString(1, schema);
            query.setString(2, table);
            try (ResultSet found = query.executeQuery()) {
                return found.next() ? found.getString(1) : null;
            }
        }
    }

    // The time is the wall clock of a host whose zone is not known, from 12 hours behind UTC to 14 ahead. One more hour
    // covers wrong clocks. A user writes by its own rights or by those of a role that it may take. A session that this
    // user may not see (its backend_start is null) counts as connected at that time. Our own sessions never lock the
    // row.
    private List<Holder> suspects(String quoted) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT %s FROM pg_catalog.pg_stat_activity a, %s r
                WHERE r.id OPERATOR(pg_catalog.=) 1 AND a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                  AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
                  AND coalesce(a.backend_type, 'client backend') OPERATOR(pg_catalog.=) 'client backend'
                  AND NOT pg_catalog.starts_with(coalesce(a.application_name, ''), pg_catalog.current_setting('application_name'))
                  AND EXISTS (SELECT 1 FROM pg_catalog.pg_roles m
                    WHERE pg_catalog.pg_has_role(a.usesysid, m.oid, 'MEMBER')
                      AND pg_catalog.has_table_privilege(m.oid, ?::pg_catalog.regclass::pg_catalog.oid, 'UPDATE'))
                  AND (pg_catalog.timezone('UTC', a.backend_start) OPERATOR(pg_catalog.<=)
                    (r.lockgranted OPERATOR(pg_catalog.+) '13 hours'::pg_catalog.interval)) IS NOT FALSE
                ORDER BY a.backend_start
                """.formatted(Holder.COLUMNS, quoted))) {
            query.setString(1, quoted);
            List<Holder> suspects = new ArrayList<>();
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    suspects.add(Holder.of(found));
                }
            }
            return suspects;
        }
    }

    // Returns false if another session has released or taken the lock in the meantime.
    private boolean release(String quoted, @Nullable String granted) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE " + quoted
                        + " SET locked = false, lockgranted = NULL, lockedby = NULL WHERE id OPERATOR(pg_catalog.=) 1 AND locked"
                        + " AND coalesce(lockgranted::pg_catalog.text, '') OPERATOR(pg_catalog.=) coalesce(?::pg_catalog.text, '')")) {
            update.setString(1, granted);
            boolean released = update.executeUpdate() == 1;
            connection.commit();
            return released;
        }
    }

    private static String listed(List<Holder> suspects) {
        String first = suspects.stream().limit(LISTED).map(Holder::toString).collect(Collectors.joining(" or "));
        return suspects.size() > LISTED
                ? first + " or one of %d more sessions".formatted(suspects.size() - LISTED)
                : first;
    }
}
