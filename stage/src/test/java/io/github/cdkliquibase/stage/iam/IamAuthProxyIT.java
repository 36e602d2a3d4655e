package io.github.cdkliquibase.stage.iam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

/** What a client sees that brings no good token; with good ones the zip comes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IamAuthProxyIT {

    private final EmbeddedDatabase database = EmbeddedDatabase.start();
    private final IamAuthProxy front = IamAuthProxy.before(database);

    @TempDir
    Path folder;

    @AfterAll
    void stop() {
        front.close();
        database.close();
    }

    @Test
    void aUserWithAPasswordIsPassedOnToTheServer() throws Exception {
        try (Connection connection = connect(database.username(), database.password(), "verify-full")) {
            assertThat(single(connection, "select current_user")).isEqualTo(database.username());
        }
        assertRefused(database.username(), "wrong", "verify-full", "28P01", "password authentication failed");
    }

    @Test
    void aUserOfIamIsLetInWithATokenOnlyAndOverTlsOnly() throws Exception {
        asSuperuser("create role ann login password 'ann' in role rds_iam");

        assertRefused("ann", "ann", "verify-full", "28000", "PAM authentication failed for user \"ann\"");
        assertRefused("ann", "ann", "disable", "28000", "no encryption");
        assertThat(front.tokens()).contains("ann");
        assertThat(front.refusals()).contains("no token: it has no query");
    }

    @Test
    void membershipThroughAnotherRoleCountsButTheBareRightToAdministerDoesNot() throws Exception {
        asSuperuser("create role staff in role rds_iam");
        asSuperuser("create role bob login password 'bob' in role staff");
        asSuperuser("create role master login password 'master' createrole");
        asSuperuser("grant rds_iam to master with admin true, inherit false, set false");

        assertRefused("bob", "bob", "verify-full", "28000", "PAM authentication failed for user \"bob\"");
        try (Connection connection = connect("master", "master", "verify-full")) {
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @Test
    void theServersSuperuserIsNoUserOfIam() {
        assertRefused("postgres", "wrong", "verify-full", "28P01", "password authentication failed");
    }

    @Test
    void aStatementIsCancelledThroughTheFront() throws Exception {
        try (Connection connection = connect(database.username(), database.password(), "verify-full");
                Statement statement = connection.createStatement()) {
            CompletableFuture<Void> cancelled = CompletableFuture.runAsync(
                    () -> cancel(statement), CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));

            assertThatThrownBy(() -> statement.execute("select pg_sleep(30)"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("canceling statement due to user request");
            cancelled.join();
        }
    }

    @Test
    void aSessionThatIsCutIsOverAtTheServerToo() throws Exception {
        try (Connection connection = connect(database.username(), database.password(), "verify-full")) {
            String session = single(connection, "select pg_backend_pid()");
            front.cutSessions();

            assertThatThrownBy(() -> single(connection, "select 1"))
                    .isInstanceOf(SQLException.class)
                    .extracting("SQLState")
                    .isEqualTo("08006");
            try (Connection other = connect(database.username(), database.password(), "verify-full")) {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                while (!single(other, "select count(*) from pg_stat_activity where pid = " + session)
                        .equals("0")) {
                    assertThat(System.nanoTime()).isLessThan(end);
                    Thread.sleep(20);
                }
            }
        }
    }

    private static void cancel(Statement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void assertRefused(String user, String password, String sslMode, String state, String message) {
        assertThatThrownBy(() -> connect(user, password, sslMode))
                .isInstanceOf(PSQLException.class)
                .hasMessageContaining(message)
                .extracting("SQLState")
                .isEqualTo(state);
    }

    private Connection connect(String user, String password, String sslMode) throws Exception {
        String url = "jdbc:postgresql://%s:%d/%s".formatted(IamAuthProxy.HOST, front.port(), database.databaseName());
        return DriverManager.getConnection(url, properties(user, password, sslMode));
    }

    private Properties properties(String user, String password, String sslMode) throws Exception {
        Path ca = Files.writeString(
                folder.resolve("ca.pem"), front.certificateAuthority().orElseThrow());
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", sslMode);
        properties.setProperty("sslrootcert", ca.toString());
        return properties;
    }

    private void asSuperuser(String sql) throws SQLException {
        try (Connection connection = database.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String single(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
