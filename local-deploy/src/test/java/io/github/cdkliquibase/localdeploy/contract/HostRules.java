package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Rules of a server's {@code pg_hba.conf} ahead of its own, until they are closed. */
final class HostRules implements AutoCloseable {

    private final EmbeddedDatabase database;
    private final Path file;
    private final String before;

    private HostRules(EmbeddedDatabase database, Path file, String before) {
        this.database = database;
        this.file = file;
        this.before = before;
    }

    /** Lets no member of a role in. */
    static HostRules refuseMembersOf(String role, EmbeddedDatabase database) {
        try (Connection connection = database.connectAsSuperuser();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show hba_file")) {
            row.next();
            Path file = Path.of(row.getString(1));
            HostRules rules = new HostRules(database, file, Files.readString(file));
            rules.write("host all +%s localhost reject\n%s".formatted(role, rules.before));
            return rules;
        } catch (SQLException | IOException e) {
            throw new AssertionError("The rules could not be read", e);
        }
    }

    /** Whether a login that ended in this SQLSTATE ended at a rule. The server takes a moment to read them. */
    boolean refused(String sqlState) {
        return sqlState.equals("28000");
    }

    private void write(String rules) {
        try (Connection connection = database.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            Files.writeString(file, rules);
            statement.execute("select pg_reload_conf()");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new AssertionError("The rules could not be loaded", e);
        }
    }

    @Override
    public void close() {
        write(before);
    }
}
