package io.github.cdkliquibase.localdeploy.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The database that a deploy changes, and the user that changes it. */
public sealed interface TargetDatabase extends AutoCloseable permits EmbeddedDatabase, ExistingDatabase {

    /** Host name; the one that the server's certificate stands for. */
    String host();

    /** TCP port. */
    int port();

    /** Name of the database. */
    String databaseName();

    /** The user that migrates. */
    String username();

    /** The user's password. */
    String password();

    /** How to use TLS, in pgjdbc's words: {@code verify-full}, {@code verify-ca}, {@code require} or {@code disable}. */
    String sslMode();

    /** The CA certificates to trust, as PEM; empty if those that the function ships with are enough. */
    Optional<String> certificateAuthority();

    /**
     * Connects as the user that migrates, with TLS as {@link #sslMode} says.
     *
     * @throws SQLException if that fails; the SQLSTATE says why
     */
    Connection connect() throws SQLException;

    /** Ends what belongs to the database; an existing one stays as it is. */
    @Override
    void close();

    /** URL for JDBC, without user and password. */
    default String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), databaseName());
    }

    /** The secret as RDS keeps it: JSON with user, password, host, port, database and engine. */
    default String secret() {
        try {
            return new ObjectMapper()
                    .writeValueAsString(
                            new RdsSecret(username(), password(), host(), port(), databaseName(), "postgres"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Secret cannot be written as JSON", e);
        }
    }

    /**
     * The tables that the user can read, without those of PostgreSQL itself, by schema and name.
     *
     * @throws SQLException if they cannot be listed
     */
    default List<Table> tables() throws SQLException {
        try (Connection connection = connect()) {
            return TableListing.of(connection);
        }
    }

    /**
     * A table.
     *
     * @param schema its schema
     * @param name its name
     * @param rows how many rows it has; counted up to {@link #COUNTED}, one more means that there are more
     */
    record Table(String schema, String name, long rows) {

        /** So far rows are counted: a deploy must not read a large table to its end. */
        public static final long COUNTED = 100_000;
    }
}
