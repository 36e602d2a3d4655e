package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session of the database that holds a lock, with the details that a person needs to find it.
 *
 * @param application its {@code application_name}
 * @param address of its client; null for a local one, or if this user may not see it
 * @param since when it connected; null if this user may not see it
 */
record Holder(
        int pid,
        String application,
        @Nullable String address,
        @Nullable Timestamp since) {

    /** The columns of {@code pg_stat_activity} (as {@code a}) that {@link #of} reads. */
    static final String COLUMNS =
            "a.pid, coalesce(a.application_name, '') AS application, pg_catalog.host(a.client_addr) AS address, a.backend_start";

    static Holder of(ResultSet row) throws SQLException {
        return new Holder(
                row.getInt("pid"),
                row.getString("application"),
                row.getString("address"),
                row.getTimestamp("backend_start"));
    }

    @Override
    public String toString() {
        return "session %d of %s%s%s"
                .formatted(
                        pid,
                        Text.quote(application),
                        address == null ? "" : " from " + address,
                        since == null
                                ? ""
                                : ", connected since " + since.toInstant().truncatedTo(ChronoUnit.SECONDS));
    }
}
