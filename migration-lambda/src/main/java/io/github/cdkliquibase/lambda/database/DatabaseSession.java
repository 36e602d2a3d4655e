package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.SessionSettings;
import io.github.cdkliquibase.lambda.engine.SslMode;
import io.github.cdkliquibase.lambda.deadline.BoundedWork;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of a run, one at a time, which another thread can take away from it. */
public final class DatabaseSession implements AutoCloseable, BoundedWork.Stop {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseSession.class);

    private static final Duration LONGEST_ASIDE = Duration.ofSeconds(3);

    private final ConnectionFactory connections;
    private final Engine engine;
    private volatile @Nullable Connection connection;
    private volatile Optional<ConnectionDetails> login = Optional.empty();

    DatabaseSession(ConnectionFactory connections, Engine engine) {
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
     * Connects, in the place of the connection that it had. The first time it waits for the database as long as the target
     * says; a connection that was lost is replaced until the deadline.
     *
     * @return a connection that this session closes
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if there is none in that time; the reason says why
     */
    public Connection open(DatabaseTarget target, SessionSettings settings, Deadline deadline) {
        boolean isFirst = connection == null;
        if (isFirst) {
            sayWhatIsWeak(target.sslMode());
        }
        close();
        Duration wait = isFirst ? target.connectTimeout() : deadline.left();
        ConnectionFactory.Opened opened = connections.open(engine, target, settings, wait, deadline);
        connection = opened.connection();
        login = Optional.of(opened.login());
        return opened.connection();
    }

    /**
     * Another connection to the same target, beside the one of this session, with the credentials that it had. May be called
     * from another thread.
     *
     * @return a connection that the caller closes
     * @throws SQLException if there is none within a moment
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

    // Once for a run, and not again when it connects anew.
    private static void sayWhatIsWeak(SslMode mode) {
        mode.weakness()
                .ifPresent(weakness -> LOG.atWarn()
                        .addKeyValue("event", "tls.weak")
                        .addKeyValue("sslMode", mode.word())
                        .log("With 'SslMode' '{}' {}", mode.word(), weakness));
    }

    // Cancels the statement that runs; what it did is rolled back, and the connection can still be used.
    @Override
    public void ask() {
        Connection running = connection;
        if (running == null) {
            return;
        }
        // The driver asks the server on a connection of its own, which may hang like the first one.
        Thread.ofPlatform().daemon().name("cancel").start(() -> {
            try {
                engine.connector().cancel(running);
            } catch (SQLException e) {
                LOG.warn("The running statement could not be cancelled", e);
            }
        });
    }

    // Cuts the connection, whatever waits on it.
    @Override
    public void force() {
        Connection running = connection;
        if (running == null) {
            return;
        }
        // Closing a TLS socket waits for whoever writes to it, and that may be what hangs.
        Thread.ofPlatform().daemon().name("cut").start(() -> {
            try {
                running.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.warn("The connection could not be cut", e);
            }
        });
    }

    // What was committed stays committed, so a connection that cannot be closed turns no success into a failure.
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
