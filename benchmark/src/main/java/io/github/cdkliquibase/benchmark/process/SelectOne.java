package io.github.cdkliquibase.benchmark.process;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The least that one can ask of a database: to connect, and to select 1. */
final class SelectOne {

    private SelectOne() {}

    static void from(String url, String user, String password) {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select 1")) {
            if (!row.next() || row.getInt(1) != 1) {
                throw new IllegalStateException("The database did not answer 1");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
