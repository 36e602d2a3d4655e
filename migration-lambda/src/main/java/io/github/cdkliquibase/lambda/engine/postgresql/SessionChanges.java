package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.SessionState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what the statements of a changelog have changed in their session. */
final class SessionChanges {

    private static final String CHANGED = """
            SELECT 'role', 'role', pg_catalog.current_setting('role')
            UNION ALL
            SELECT 'setting', 'session_authorization', pg_catalog.current_setting('session_authorization')
            UNION ALL
            SELECT 'setting', s.name, s.setting FROM pg_catalog.pg_settings s
            WHERE s.source OPERATOR(pg_catalog.=) 'session'
              AND NOT s.name OPERATOR(pg_catalog.=) ANY (ARRAY['transaction_isolation', 'transaction_read_only', 'transaction_deferrable'])
            UNION ALL
            SELECT 'custom', n, pg_catalog.current_setting(n, true) FROM pg_catalog.unnest(?::pg_catalog.text[]) n
            UNION ALL
            SELECT 'object', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END, c.relname
            FROM pg_catalog.pg_class c
            WHERE c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() AND c.relkind IN ('r', 'p', 'v', 'S')
            UNION ALL
            SELECT 'object', 'function', p.proname FROM pg_catalog.pg_proc p
            WHERE p.pronamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
            UNION ALL
            SELECT 'object', 'type', t.typname FROM pg_catalog.pg_type t
            WHERE t.typnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
              AND t.typrelid OPERATOR(pg_catalog.=) 0 AND t.typelem OPERATOR(pg_catalog.=) 0
            UNION ALL
            SELECT 'advisory', l.classid::pg_catalog.text, l.objid::pg_catalog.text FROM pg_catalog.pg_locks l
            WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND l.locktype OPERATOR(pg_catalog.=) 'advisory'
              AND l.granted
            UNION ALL
            SELECT 'prepared', p.name, '' FROM pg_catalog.pg_prepared_statements p WHERE p.from_sql
            UNION ALL
            SELECT 'cursor', c.name, '' FROM pg_catalog.pg_cursors c WHERE c.is_holdable
            UNION ALL
            SELECT 'channel', n, '' FROM pg_catalog.pg_listening_channels() n
            """;

    private final Map<String, String> atStart;
    private final LockKey lock;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> custom = new LinkedHashMap<>();
    private final Set<String> objects = new LinkedHashSet<>();
    private final Map<String, String> reset;
    private String role = SessionState.NO_ROLE;
    private boolean hasRunLock;

    private SessionChanges(Map<String, String> atStart, LockKey lock) {
        this.atStart = atStart;
        this.lock = lock;
        this.reset = new LinkedHashMap<>(atStart);
    }

    /**
     * Asks the server.
     *
     * @param customSettings names of settings of applications to ask for
     * @param atStart the settings of the run
     * @param lock of the run
     */
    static SessionChanges read(
            Connection connection, Collection<String> customSettings, Map<String, String> atStart, LockKey lock)
            throws SQLException {
        SessionChanges changes = new SessionChanges(atStart, lock);
        try (PreparedStatement query = connection.prepareStatement(CHANGED)) {
            query.setArray(1, connection.createArrayOf("text", customSettings.toArray()));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    changes.add(row.getString(1), row.getString(2), row.getString(3));
                }
            }
        }
        return changes;
    }

    private void add(String kind, String name, @Nullable String value) {
        switch (kind) {
            case "role" -> role = String.valueOf(value);
            case "setting" -> addSetting(name, String.valueOf(value));
            case "custom" -> {
                if (value != null) {
                    custom.put(name, value);
                }
            }
            case "advisory" -> addAdvisoryLock(name, String.valueOf(value));
            case "prepared" -> objects.add("prepared statement '" + name + "'");
            case "cursor" -> objects.add("cursor '" + name + "'");
            case "channel" -> objects.add("channel '" + name + "'");
            default -> objects.add("temporary %s '%s'".formatted(name, value));
        }
    }

    private void addSetting(String name, String value) {
        reset.remove(name);
        if (!value.equals(atStart.get(name))) {
            settings.put(name, value);
        }
    }

    private void addAdvisoryLock(String classId, String objectId) {
        if (Long.toString(lock.classId()).equals(classId)
                && Long.toString(lock.objectId()).equals(objectId)) {
            hasRunLock = true;
        } else {
            objects.add("advisory lock %s, %s".formatted(classId, objectId));
        }
    }

    /** Settings of the run that a statement has reset, with the values that they had. */
    Map<String, String> reset() {
        return reset;
    }

    SessionState state() {
        return new SessionState(role, settings, custom, objects, hasRunLock);
    }
}
