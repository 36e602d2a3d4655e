package io.github.cdkliquibase.localdeploy.differential;

import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A script for a superuser, as psql takes it as far as it is needed here: statements, and {@code \gexec} behind a query
 * whose rows are statements. Behind a line {@code -- background: SECONDS} the rest is a transaction of another session,
 * which stays open for so long.
 */
final class SetupScript {

    private static final Pattern BACKGROUND = Pattern.compile("(?m)^-- background: *(?<seconds>[0-9.]+) *$");

    private SetupScript() {}

    /** Runs the script and returns when the part in the background has what it wants. */
    static void run(Path file, Databases databases, TargetDatabase database) throws SQLException {
        try (Connection session = databases.asSuperuser(database)) {
            run(file, databases, database, session);
        }
    }

    private static void run(Path file, Databases databases, TargetDatabase database, Connection session)
            throws SQLException {
        String text = read(file);
        Matcher background = BACKGROUND.matcher(text);
        if (!background.find()) {
            execute(session, text);
            return;
        }
        execute(session, text.substring(0, background.start()));
        Connection other = databases.asSuperuser(database);
        other.setAutoCommit(false);
        execute(other, text.substring(background.end()));
        long millis = (long) (Double.parseDouble(background.group("seconds")) * 1000);
        Thread.ofVirtual().start(() -> {
            try (other) {
                Thread.sleep(Duration.ofMillis(millis));
                other.rollback();
            } catch (SQLException e) {
                // The test is over.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(Connection session, String text) throws SQLException {
        String rest = text;
        for (int end = rest.indexOf("\\gexec"); end >= 0; end = rest.indexOf("\\gexec")) {
            String before = rest.substring(0, end);
            // The query is what follows the last line that ends a statement.
            int query = before.lastIndexOf(";\n") + 1;
            run(session, before.substring(0, query));
            for (String generated : column(session, before.substring(query))) {
                run(session, generated);
            }
            rest = rest.substring(end + "\\gexec".length());
        }
        run(session, rest);
    }

    private static void run(Connection session, String sql) throws SQLException {
        if (sql.isBlank()) {
            return;
        }
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> column(Connection session, String query) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }
}
