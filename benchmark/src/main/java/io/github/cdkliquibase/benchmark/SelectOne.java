package io.github.cdkliquibase.benchmark;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The floor: a JVM that does nothing but connect and ask for 1. */
final class SelectOne {

    private SelectOne() {}

    /** Called with URL, user and CA file; the password is in the environment. */
    public static void main(String[] args) throws SQLException {
        String url = args[0] + "?sslmode=verify-full&sslrootcert=" + args[2];
        try (Connection connection = DriverManager.getConnection(url, args[1], System.getenv("PGPASSWORD"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select 1")) {
            if (!row.next() || row.getInt(1) != 1) {
                throw new IllegalStateException("The database did not answer 1");
            }
        }
    }
}
