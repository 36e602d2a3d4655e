package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.DatabaseConnections;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.SessionSettings;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The connections of a run of a changelog, of which the first is open before the run begins. */
final class SessionConnections implements DatabaseConnections {

    private final DatabaseSession session;
    private final DatabaseTarget target;
    private final SessionSettings settings;
    private final Deadline deadline;
    private Optional<Connection> first;

    private SessionConnections(
            DatabaseSession session,
            DatabaseTarget target,
            SessionSettings settings,
            Deadline deadline,
            Connection first) {
        this.session = session;
        this.target = target;
        this.settings = settings;
        this.deadline = deadline;
        this.first = Optional.of(first);
    }

    /**
     * Connects.
     *
     * @throws MigrationException with the reason, if there is no connection in time
     */
    static SessionConnections connected(
            DatabaseSession session, DatabaseTarget target, SessionSettings settings, Deadline deadline) {
        return new SessionConnections(session, target, settings, deadline, session.open(target, settings, deadline));
    }

    /** The first connection, before the run begins. */
    Connection first() {
        return first.orElseThrow();
    }

    @Override
    public Connection open() {
        Connection next = first.orElseGet(() -> session.open(target, settings, deadline));
        first = Optional.empty();
        return next;
    }

    @Override
    public Connection openAside() throws SQLException {
        return session.openAside(target, deadline);
    }

    @Override
    public boolean wasCut() {
        return session.wasCut();
    }
}
