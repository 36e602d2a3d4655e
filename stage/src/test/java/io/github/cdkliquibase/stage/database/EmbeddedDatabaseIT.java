package io.github.cdkliquibase.stage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.net.ssl.SSLException;
import okhttp3.tls.HeldCertificate;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedDatabaseIT {

    private final EmbeddedDatabase database = EmbeddedDatabase.start();

    @AfterAll
    void stop() {
        database.close();
    }

    @Test
    void userOwnsItsDatabaseAndIsNoSuperuser() throws SQLException {
        assertThat(single(
                        database,
                        "select r.rolsuper::text || ' ' || (d.datdba = r.oid)::text from pg_roles r, pg_database d"
                                + " where r.rolname = current_user and d.datname = current_database()"))
                .isEqualTo("false true");
    }

    @Test
    void connectionIsEncryptedAndTheCertificateIsChecked(@TempDir Path folder) throws SQLException, IOException {
        Path ca = Files.writeString(
                folder.resolve("ca.pem"), database.certificateAuthority().orElseThrow());

        assertThat(single(
                        reached("verify-full", ca, database.password()),
                        "select version from pg_stat_ssl where pid = pg_backend_pid()"))
                .isEqualTo("TLSv1.3");
    }

    @Test
    void certificateOfAnotherAuthorityIsRefused(@TempDir Path folder) throws IOException {
        String other = new HeldCertificate.Builder()
                .commonName("other")
                .certificateAuthority(0)
                .build()
                .certificatePem();
        Path ca = Files.writeString(folder.resolve("other.pem"), other);

        assertThatThrownBy(() -> reached("verify-full", ca, database.password()).connect())
                .isInstanceOf(SQLException.class)
                .hasCauseInstanceOf(SSLException.class);
    }

    @Test
    void wrongPasswordIsRefused() {
        assertRefused(reached("disable", null, "wrong"));
    }

    @Test
    void superuserNeedsAPasswordToo() {
        assertRefused(ExistingDatabase.of(database.jdbcUrl(), "postgres", "wrong", "disable", null));
    }

    @Test
    void rotatedPasswordReplacesTheOldOne() throws SQLException {
        try (EmbeddedDatabase other = database.another()) {
            String old = other.password();
            other.rotatePassword();

            assertRefused(ExistingDatabase.of(other.jdbcUrl(), other.username(), old, "disable", null));
            assertThat(single(other, "select current_user")).isEqualTo(other.username());
        }
    }

    @Test
    void anotherDatabaseIsEmptyAndGoneWhenClosed() throws SQLException {
        EmbeddedDatabase other = database.another();
        run(other, "create table only_here (id int)");
        assertThat(database.tables()).noneMatch(table -> table.name().equals("only_here"));
        other.close();

        assertThatThrownBy(other::connect).isInstanceOf(SQLException.class);
        assertThat(single(database, "select 'still there'")).isEqualTo("still there");
    }

    @Test
    void serverThatCrashedComesBackOnItsPortWithWhatWasCommitted() throws SQLException {
        try (EmbeddedDatabase other = database.another()) {
            run(other, "set synchronous_commit = local; create table kept as select 'kept' as what");
            database.crashServer();
            assertThatThrownBy(other::connect).isInstanceOf(SQLException.class);

            database.startServer();

            assertThat(single(other, "select what from kept")).isEqualTo("kept");
        }
    }

    @Test
    void tablesAreListedWithTheirRows() throws SQLException {
        try (EmbeddedDatabase other = database.another()) {
            run(
                    other,
                    "create schema \"Odd name\"; create table \"Odd name\".a (id int);"
                            + " create table b as select generate_series(1, 3);"
                            + " create table p (id int) partition by range (id);"
                            + " create table p1 partition of p for values from (0) to (9); insert into p values (1)");

            assertThat(other.tables())
                    .containsExactly(
                            new TargetDatabase.Table("Odd name", "a", 0),
                            new TargetDatabase.Table("public", "b", 3),
                            new TargetDatabase.Table("public", "p", 1));
        }
    }

    @Test
    void largeTableIsNotCountedToItsEnd() throws SQLException {
        try (EmbeddedDatabase other = database.another()) {
            run(other, "create table big as select generate_series(1, 100500)");

            assertThat(other.tables()).containsExactly(new TargetDatabase.Table("public", "big", 100_001));
        }
    }

    @Test
    void secretHasTheFormOfRds() throws IOException {
        JsonNode secret = new ObjectMapper().readTree(database.secret());

        assertThat(secret.path("username").asText()).isEqualTo(database.username());
        assertThat(secret.path("password").asText()).isEqualTo(database.password());
        assertThat(secret.path("host").asText()).isEqualTo("localhost");
        assertThat(secret.path("port").asInt()).isEqualTo(database.port());
        assertThat(secret.path("dbname").asText()).isEqualTo(database.databaseName());
        assertThat(secret.path("engine").asText()).isEqualTo("postgres");
    }

    private ExistingDatabase reached(String sslMode, @Nullable Path ca, String password) {
        return ExistingDatabase.of(database.jdbcUrl(), database.username(), password, sslMode, ca);
    }

    private static void assertRefused(TargetDatabase target) {
        assertThatThrownBy(target::connect)
                .asInstanceOf(InstanceOfAssertFactories.type(PSQLException.class))
                .extracting(PSQLException::getSQLState)
                .isEqualTo("28P01");
    }

    private static void run(TargetDatabase target, String sql) throws SQLException {
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String single(TargetDatabase target, String query) throws SQLException {
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
