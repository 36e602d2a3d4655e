package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.BoundedWork;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.SessionSettings;
import io.github.cdkliquibase.lambda.engine.SslMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The current connection of a run. Another thread can close it. */
public final class DatabaseSession implements AutoCloseable, BoundedWork.Stop {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseSession.class);

    private static final Duration LONGEST_ASIDE = Duration.ofSeconds(3);

    private final ConnectionFactory connections;
    private final Engine engine;
    private volatile @Nullable Connection connection;
    private volatile Optional<ConnectionDetails> login = Optional.empty();
    private volatile boolean wasCut;

    /**
     * A session for one run. It is not connected yet.
     *
     * @param engine of the database
     */
    public DatabaseSession(ConnectionFactory connections, Engine engine) {
        this.connections = connections;
        this.engine = engine;
    }

    /**
     * Connects with the default settings; see {@link #open(DatabaseTarget, SessionSettings, Deadline)}.
     *
     * @return a connection that this session closes
     */
    public Connection open(DatabaseTarget target, Deadline deadline) {
        return open(target, SessionSettings.DEFAULT, deadline);
    }

    /**
     * Opens a connection and closes the previous one. The first time it waits for the database as long as the target
     * says; later it tries until the deadline.
     *
     * @return a connection that this session closes
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if it cannot be opened in that time; the reason
     *     says why
     */
    public Connection open(DatabaseTarget target, SessionSettings settings, Deadline deadline) {
        boolean isFirst = connection == null;
        if (isFirst) {
            warnIfWeak(target.sslMode());
        }
        close();
        Duration wait = isFirst ? target.connectTimeout() : deadline.left();
        ConnectionFactory.Opened opened = connections.open(engine, target, settings, wait, deadline);
        connection = opened.connection();
        login = Optional.of(opened.login());
        return opened.connection();
    }

    /**
     * Opens a second connection to the same target, with the same credentials. May be called from another thread.
     *
     * @return a connection that the caller closes
     * @throws SQLException if it cannot be opened within a moment
     */
    public Connection openAside(DatabaseTarget target, Deadline deadline) throws SQLException {
        if (login.isEmpty()) {
            throw new SQLException("There is no connection yet");
        }
        return ConnectionFactory.openAside(
                engine, login.get(), target, Deadline.in(deadline.leftAtMost(LONGEST_ASIDE)));
    }

    /** Where the newest connection leads, and as whom; empty before the first. */
    public Optional<ConnectionDetails> details() {
        return login;
    }

    // Logged once in a run, and not when it reconnects.
    private static void warnIfWeak(SslMode mode) {
        mode.weakness()
                .ifPresent(weakness -> LOG.atWarn()
                        .addKeyValue("event", "tls.weak")
                        .addKeyValue("sslMode", mode.word())
                        .log("With 'SslMode' '{}' {}", mode.word(), weakness));
    }

    /** Whether a connection was cut because the work on it did not stop. */
    public boolean wasCut() {
        return wasCut;
    }

    // Cancels the running statement. It is rolled back, and the connection can still be used.
    @Override
    public void ask() {
        Connection running = connection;
        if (running == null) {
            return;
        }
        // The driver sends the request on a separate connection, which may hang like the first one.
        Thread.ofPlatform().daemon().name("cancel").start(() -> {
            try {
                engine.connector().cancel(running);
            } catch (SQLException e) {
                LOG.warn("The running statement could not be cancelled", e);
            }
        });
    }

    // Cuts the connection, even while a thread waits for it.
    @Override
    public void force() {
        Connection running = connection;
        if (running == null) {
            return;
        }
        wasCut = true;
        // Closing a TLS socket waits for a thread that writes to it, and that thread may hang.
        Thread.ofPlatform().daemon().name("cut").start(() -> {
            try {
                running.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.warn("The connection could not be cut", e);
            }
        });
    }

    // Committed work stays committed, so a failure to close the connection does not fail the run.
    @Override
    public void close() {
        Connection opened = connection;
        if (opened == null) {
            return;
        }
        try {
            opened.close();
        } catch (SQLException e) {
            LOG.warn("The connection could not be closed", e);
        }
    }
}
