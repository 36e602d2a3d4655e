package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.changelog.Changelogs;
import io.github.cdkliquibase.benchmark.contestant.Target;
import io.github.cdkliquibase.benchmark.contestant.Task;
import io.github.cdkliquibase.benchmark.machine.CpuShares;
import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Memory;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.iam.IamAuthProxy;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The place that all contestants share: the server, its front for tokens, the changelogs, shares of the processors. */
final class Venue implements AutoCloseable {

    /**
     * A commit waits until it is written, and not until it is on disk: how long a disk takes varies too much from one minute
     * to the next.
     */
    private static final Map<String, String> SERVER_SETTINGS = Map.of("fsync", "off", "synchronous_commit", "on");

    private final EmbeddedDatabase server;
    private final IamAuthProxy front;
    private final Optional<CpuShares> shares;
    private final Changelogs changelogs;
    private final Path authority;
    private final Map<String, String> settings;

    private Venue(Map<String, String> settings, EmbeddedDatabase server, IamAuthProxy front, ScratchFolder scratch)
            throws IOException {
        this.settings = settings;
        this.server = server;
        this.front = front;
        this.shares = CpuShares.find();
        String pem = front.certificateAuthority().orElseThrow();
        this.authority = Files.writeString(scratch.resolve(Changelogs.AUTHORITY), pem);
        this.changelogs = new Changelogs(Files.createDirectories(scratch.resolve("changelogs")), pem);
    }

    /**
     * Starts the server.
     *
     * @param given settings of the server by name, which win over those that it has here by default
     */
    static Venue open(ScratchFolder scratch, Map<String, String> given) {
        Map<String, String> settings = new TreeMap<>(SERVER_SETTINGS);
        settings.putAll(given);
        EmbeddedDatabase server = EmbeddedDatabase.start(settings);
        try {
            return new Venue(settings, server, IamAuthProxy.before(server), scratch);
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException("The folder for changelogs could not be prepared", e);
        }
    }

    /** A new database with an owner of its own. */
    EmbeddedDatabase emptyDatabase() {
        return server.another();
    }

    /** Lets the owner of a database in with a token through the front; with a password it still gets in past it. */
    void admitWithToken(EmbeddedDatabase database) {
        try (Connection connection = database.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            statement.execute("grant rds_iam to " + database.username());
        } catch (SQLException e) {
            throw new IllegalStateException("The role could not be granted", e);
        }
    }

    /** Whether the processors can be limited to Lambda's share for this memory. */
    boolean canLimitTo(Memory memory) {
        return !memory.limited() || shares.isPresent();
    }

    /** Port of the server, or of its front where tokens are shown. */
    int port(Access access) {
        return switch (access) {
            case PASSWORD -> server.port();
            case TOKEN -> front.port();
        };
    }

    /** A task in a database that is reached by a port. */
    Task task(Scenario scenario, EmbeddedDatabase database, int port, int changesets) {
        Target plain = Target.of(database, port);
        return new Task(
                switch (scenario.access()) {
                    case PASSWORD -> plain;
                    case TOKEN -> plain.withAuthority(authority);
                },
                changelogs,
                scenario.format(),
                changesets,
                scenario.access(),
                scenario.memory().megabytes(),
                launcher(scenario.memory()));
    }

    private List<String> launcher(Memory memory) {
        return memory.limited() ? shares.orElseThrow().launcher(memory.processors()) : List.of();
    }

    /** Fails unless the database has all tables and views of the first changesets and no others. */
    void check(EmbeddedDatabase database, int changesets) {
        String query = "select count(*) from pg_class where relname like 'entity%' and relkind in ('r', 'v')";
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            int expected = changelogs.relations(changesets);
            if (row.getInt(1) != expected) {
                throw new IllegalStateException(
                        "After %d changesets there must be %d tables and views, and there are %d"
                                .formatted(changesets, expected, row.getInt(1)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The database could not be checked", e);
        }
    }

    /** The median time of a round trip by a port, in milliseconds. */
    double roundTripMillis(int port) {
        return RoundTripTime.medianMillis(Target.of(server, port));
    }

    /** A short description of the server. */
    String serverText() {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            StringBuilder text = new StringBuilder("PostgreSQL %s on loopback"
                    .formatted(connection.getMetaData().getDatabaseProductVersion()));
            for (String setting : settings.keySet()) {
                try (ResultSet row = statement.executeQuery("show " + setting)) {
                    row.next();
                    text.append(", ").append(setting).append(' ').append(row.getString(1));
                }
            }
            return text.toString();
        } catch (SQLException e) {
            throw new IllegalStateException("The server does not answer", e);
        }
    }

    @Override
    public void close() {
        shares.ifPresent(CpuShares::close);
        front.close();
        server.close();
    }
}
