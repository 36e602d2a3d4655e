package io.github.cdkliquibase.localdeploy.differential;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.database.ExistingDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Databases of one server that differ in their names only: all are owned by user {@code app}, who is no superuser. A
 * superuser of the tests sees all of them.
 */
final class Databases implements AutoCloseable {

    private static final String PASSWORD = "app-has-this-password";
    private static final String REFEREE = "referee";

    /** What makes it quick to create databases and to drop them. */
    private static final Map<String, String> SETTINGS = Map.of(
            "max_connections",
            "60",
            "full_page_writes",
            "off",
            "wal_level",
            "minimal",
            "max_wal_senders",
            "0",
            "jit",
            "off");

    private final EmbeddedDatabase server;
    private final ExecutorService drops = Executors.newSingleThreadExecutor();
    private final AtomicInteger made = new AtomicInteger();

    private Databases(EmbeddedDatabase server) {
        this.server = server;
    }

    static Databases start() {
        Databases databases = new Databases(EmbeddedDatabase.start(SETTINGS));
        // The embedded server's own database has the name 'app'; the role has not.
        databases.administrate("create role app login password '" + PASSWORD + "'");
        databases.administrate("create role " + REFEREE + " superuser login password '" + PASSWORD + "'");
        return databases;
    }

    /** Another one, empty. */
    TargetDatabase create() {
        String name = "case_" + made.incrementAndGet();
        administrate("create database " + name + " owner app");
        return of(name);
    }

    /** Another one with what is in this one, in which nobody may be connected. */
    TargetDatabase copy(TargetDatabase template) {
        String name = "case_" + made.incrementAndGet();
        administrate("create database " + name + " owner app template " + template.databaseName());
        return of(name);
    }

    private TargetDatabase of(String name) {
        return ExistingDatabase.of(
                "jdbc:postgresql://%s:%d/%s".formatted(server.host(), server.port(), name),
                "app",
                PASSWORD,
                "disable",
                null);
    }

    int port() {
        return server.port();
    }

    /** The same database, by way of another port. */
    static TargetDatabase through(int port, TargetDatabase database) {
        return ExistingDatabase.of(
                "jdbc:postgresql://%s:%d/%s".formatted(database.host(), port, database.databaseName()),
                database.username(),
                database.password(),
                "disable",
                null);
    }

    /** Drops a database some time from now: the server writes everything to the disk for that. */
    void drop(TargetDatabase database) {
        drops.execute(() -> administrate("drop database if exists " + database.databaseName() + " with (force)"));
    }

    /** Ends every session of the function in a database. */
    void endSessions(TargetDatabase database) {
        administrate("select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                + database.databaseName() + "' and usename = 'app'");
    }

    /** Waits until nobody but superusers is connected. */
    void awaitNoSession(TargetDatabase database) {
        administrate("""
                do $$ begin
                  for i in 1..500 loop
                    exit when not exists (select from pg_stat_activity where datname = '%s' and usename = 'app');
                    perform pg_sleep(0.02);
                    perform pg_stat_clear_snapshot();
                  end loop;
                end $$""".formatted(database.databaseName()));
    }

    Connection asSuperuser(TargetDatabase database) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl() + "?sslmode=disable", REFEREE, PASSWORD);
    }

    DatabaseState state(boolean succeeded, TargetDatabase database, HistoryTables tables) {
        try (Connection connection = asSuperuser(database)) {
            return DatabaseState.of(succeeded, connection, tables);
        } catch (SQLException e) {
            throw new AssertionError("The state of the database cannot be read", e);
        }
    }

    /** Whether a query finds true. */
    boolean holds(TargetDatabase database, String query) {
        try (Connection connection = asSuperuser(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            // What it asks for is not there.
            return false;
        }
    }

    void execute(TargetDatabase database, String sql) {
        try (Connection connection = asSuperuser(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError("Statement failed: " + sql, e);
        }
    }

    private void administrate(String sql) {
        try (Connection connection = server.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError("Statement failed: " + sql, e);
        }
    }

    @Override
    public void close() {
        drops.shutdownNow();
        server.close();
    }
}
