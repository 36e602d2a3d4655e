package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.contestant.Target;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/** How long a round trip to the server takes. */
final class RoundTripTime {

    private static final int ROUND_TRIPS = 301;
    private static final double NANOS_A_MILLISECOND = 1e6;

    private RoundTripTime() {}

    static double medianMillis(Target target) {
        try (Connection connection = DriverManager.getConnection(target.jdbcUrl(), target.user(), target.password());
                Statement statement = connection.createStatement()) {
            long[] nanos = new long[ROUND_TRIPS];
            for (int trip = 0; trip < ROUND_TRIPS; trip++) {
                long started = System.nanoTime();
                try (ResultSet row = statement.executeQuery("select 1")) {
                    row.next();
                }
                nanos[trip] = System.nanoTime() - started;
            }
            Arrays.sort(nanos);
            return nanos[ROUND_TRIPS / 2] / NANOS_A_MILLISECOND;
        } catch (SQLException e) {
            throw new IllegalStateException("The server does not answer", e);
        }
    }
}
