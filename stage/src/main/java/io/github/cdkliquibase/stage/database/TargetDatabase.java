package io.github.cdkliquibase.stage.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The database that a deploy changes, and the user that changes it. */
public abstract sealed class TargetDatabase implements AutoCloseable permits EmbeddedDatabase, ExistingDatabase {

    TargetDatabase() {}

    abstract Access access();

    /** Host name; the one that the server's certificate stands for. */
    public final String host() {
        return access().host();
    }

    /** TCP port. */
    public final int port() {
        return access().port();
    }

    /** Name of the database. */
    public final String databaseName() {
        return access().databaseName();
    }

    /** The user that migrates. */
    public final String username() {
        return access().username();
    }

    /** The user's password. */
    public final String password() {
        return access().password();
    }

    /** How to use TLS, in pgjdbc's words: {@code verify-full}, {@code verify-ca}, {@code require} or {@code disable}. */
    public final String sslMode() {
        return access().sslMode();
    }

    /** The CA certificates to trust, as PEM; empty if those that the function ships with are enough. */
    public final Optional<String> certificateAuthority() {
        return Optional.ofNullable(access().certificateAuthority());
    }

    /**
     * Connects as the user that migrates, with TLS as {@link #sslMode} says.
     *
     * @throws SQLException if that fails; the SQLSTATE says why
     */
    public abstract Connection connect() throws SQLException;

    /** Ends what belongs to the database; an existing one stays as it is. */
    @Override
    public abstract void close();

    /** URL for JDBC, without user and password. */
    public final String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), databaseName());
    }

    /** The secret as RDS keeps it: JSON with user, password, host, port, database and engine. */
    public final String secret() {
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
    public final List<Table> tables() throws SQLException {
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
    public record Table(String schema, String name, long rows) {

        /** So far rows are counted: a deploy must not read a large table to its end. */
        public static final long COUNTED = 100_000;
    }
}
