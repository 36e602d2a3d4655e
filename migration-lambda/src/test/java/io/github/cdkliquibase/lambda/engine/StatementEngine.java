package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.postgresql.PostgresqlEngine;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * An engine that does not exist, on PostgreSQL: DDL refuses transactions, a transaction holds one statement with its note, a session
 * has no state and no lock. Runs exclude each other by a lease in a table.
 */
final class StatementEngine {

    private static final Pattern DDL =
            Pattern.compile("\\s*(?:CREATE|ALTER|DROP|TRUNCATE)\\b", Pattern.CASE_INSENSITIVE);

    private StatementEngine() {}

    static Engine create() {
        Engine postgresql = PostgresqlEngine.create();
        return new Engine(
                postgresql.connector(),
                postgresql.failures(),
                new Leases(postgresql.sessions()),
                new OneStatement(),
                new DdlAlone(postgresql.statements()),
                new NoIndexBuilds(),
                postgresql.catalog(),
                postgresql.objects(),
                postgresql.losses());
    }

    private record OneStatement() implements Transactions {

        @Override
        public Scope scope() {
            return Scope.STATEMENT;
        }

        @Override
        public Optional<Mark> markIfWritten(Connection connection) {
            throw new AssertionError("no transaction holds more than a statement");
        }

        @Override
        public Mark mark(Connection connection) {
            throw new AssertionError("no transaction holds more than a statement");
        }

        @Override
        public void checkBeforeCommit(Connection connection) {
            throw new AssertionError("no transaction holds more than a statement");
        }
    }

    private record NoIndexBuilds() implements IndexBuilds {

        @Override
        public Optional<IndexBuild> of(String sql, Connection connection) {
            return Optional.empty();
        }

        @Override
        public boolean isRebuild(String sql) {
            return false;
        }

        @Override
        public IndexBuild.Result result(IndexBuild build, Connection connection) {
            return IndexBuild.Result.MISSING;
        }

        @Override
        public IndexBuild.Result clear(
                IndexBuild build, Connection connection, StatementBounds bounds, Deadline deadline) {
            return IndexBuild.Result.MISSING;
        }
    }

    private record DdlAlone(Statements others) implements Statements {

        @Override
        public List<String> split(String sql) {
            return others.split(sql);
        }

        @Override
        public List<StatementStep> steps(String sql) {
            return others.steps(sql);
        }

        @Override
        public StatementKind kindOf(String sql) {
            return DDL.matcher(sql).lookingAt() ? StatementKind.ALONE : others.kindOf(sql);
        }

        @Override
        public boolean canBeSentWithOthers(String sql) {
            return false;
        }

        @Override
        public boolean isOneQuery(String sql) {
            return others.isOneQuery(sql);
        }

        @Override
        public boolean endsATransaction(String sql) {
            return others.endsATransaction(sql);
        }

        @Override
        public boolean beginsTheNext(String sql) {
            return others.beginsTheNext(sql);
        }

        @Override
        public boolean isIndexWork(String sql) {
            return others.isIndexWork(sql);
        }

        @Override
        public boolean isDrop(String sql) {
            return others.isDrop(sql);
        }

        @Override
        public boolean mayBecomeReadOnly(String sql) {
            return false;
        }

        @Override
        public boolean leavesSessionAlone(String sql) {
            return true;
        }

        @Override
        public SessionValue sessionValue(String sql) {
            return SessionValue.NONE;
        }

        @Override
        public Set<String> customSettings(String sql) {
            return Set.of();
        }

        @Override
        public Set<String> unlisted(String sql) {
            return Set.of();
        }

        @Override
        public boolean touchesDatabase(Connection connection, String sql) {
            return true;
        }
    }

    private record Leases(Sessions others) implements Sessions {

        @Override
        public RunLock lock(Connection connection, HistoryTables tables, Duration lockTimeout) {
            return new Lease(connection);
        }

        @Override
        public RunSession session(Connection connection, HistoryTables tables) {
            return new StatelessSession(connection);
        }

        @Override
        public StatementBounds bounds(Connection connection, Duration lockTimeout, Deadline deadline) {
            return new StatementBounds() {
                @Override
                public <E extends Exception> void waitLonger(StatementBounds.Work<E> statement) throws E {
                    statement.run();
                }
            };
        }

        @Override
        public LockWatch watch(Connection session, LockWatch.Connections connections, Duration lockTimeout) {
            return new LockWatch() {
                @Override
                public void starts(String statement) {}

                @Override
                public void ends() {}

                @Override
                public Optional<Blocker> blocker() {
                    return Optional.empty();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public Optional<DatabaseMessage> loss(Throwable failure, Connection connection) {
            return others.loss(failure, connection);
        }

        @Override
        public boolean takesWrites(Connection connection) {
            return true;
        }
    }

    private record StatelessSession(Connection connection) implements RunSession {

        private static final SessionState UNCHANGED =
                new SessionState(SessionState.NO_ROLE, Map.of(), Map.of(), Set.of(), true);

        @Override
        public boolean useOwnSettings() {
            return false;
        }

        @Override
        public <T> T asRole(Optional<String> role, Question<T> work) throws SQLException {
            return work.ask();
        }

        @Override
        public void withOwnSettings(RunSession.Work work) throws SQLException {
            work.run();
        }

        @Override
        public void beginOwnTransaction() {}

        @Override
        public boolean canExecuteTogether() {
            return false;
        }

        @Override
        public void executeTogether(List<String> statements) {
            throw new AssertionError("no transaction holds more than a statement");
        }

        @Override
        public boolean canCommitWith() {
            return false;
        }

        @Override
        public String commitWith(List<String> notes, List<String> rows) {
            throw new AssertionError("no transaction holds more than a statement");
        }

        @Override
        public SessionState changed(Collection<String> customSettings) {
            return UNCHANGED;
        }

        @Override
        public void restore(SessionState state) {
            if (!state.settings().isEmpty() || !state.objects().isEmpty()) {
                throw new AssertionError("a session without state needs none back: " + state);
            }
        }
    }

    /** A lease that ends by itself: in this engine after three seconds, which is longer than any run of the contract holds it. */
    private static final class Lease implements RunLock {

        private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
        private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

        private final Connection connection;
        private final String owner = UUID.randomUUID().toString();
        private boolean held;

        Lease(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void acquire(Deadline deadline) throws SQLException {
            Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
            while (!held) {
                held = takes();
                if (!held && !Backoff.sleep(backoff.next(), deadline)) {
                    throw new MigrationException("Could not acquire the changelog lock: another run has the lease");
                }
            }
        }

        private boolean takes() throws SQLException {
            try (Statement make = connection.createStatement();
                    PreparedStatement take = connection.prepareStatement("""
                            insert into run_lease as l values (1, ?, now() + interval '3 seconds')
                            on conflict (id) do update set owner = excluded.owner, ends = excluded.ends where l.ends < now()
                            """)) {
                make.execute("create table if not exists run_lease (id int primary key, owner text, ends timestamptz)");
                connection.commit();
                take.setString(1, owner);
                boolean taken = take.executeUpdate() == 1;
                connection.commit();
                return taken;
            }
        }

        @Override
        public void acquireAgain(Deadline deadline) throws SQLException {
            held = false;
            acquire(deadline);
        }

        @Override
        public void close() {
            if (!held) {
                return;
            }
            held = false;
            try {
                if (connection.isClosed()) {
                    return;
                }
                connection.rollback();
                try (PreparedStatement release = connection.prepareStatement("delete from run_lease where owner = ?")) {
                    release.setString(1, owner);
                    release.executeUpdate();
                }
                connection.commit();
            } catch (SQLException e) {
                // The lease ends by itself.
            }
        }
    }
}
