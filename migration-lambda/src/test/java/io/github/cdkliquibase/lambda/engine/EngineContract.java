package io.github.cdkliquibase.lambda.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.lambda.changelog.Changelog;
import io.github.cdkliquibase.lambda.changelog.DatabaseConnections;
import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.changelog.MigrationReport;
import io.github.cdkliquibase.lambda.changelog.RunOptions;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.history.ResourceName;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run relies on, of every engine: each of its parts, and a whole changelog over all of them. */
abstract class EngineContract {

    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(500);
    private static final HistoryTables TABLES =
            new HistoryTables("public", "databasechangelog", "databasechangeloglock");

    private static EmbeddedDatabase server;

    private final Engine engine;
    private final LiquibaseMigration liquibase = new LiquibaseMigration();
    private EmbeddedDatabase database;

    @TempDir
    private Path folder = Path.of("");

    EngineContract(Engine engine) {
        this.engine = engine;
    }

    @BeforeAll
    static void startServer() {
        server = EmbeddedDatabase.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void makeDatabase() {
        database = server.another();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void aChangelogIsAppliedOnce() throws Exception {
        changelog("""
                --changeset ann:1
                create table customer (id int primary key, name text);
                insert into customer values (1, 'Ann');
                --changeset ann:2 runInTransaction:false
                insert into customer values (2, 'Bob');
                --changeset ann:3
                alter table customer add column email text;
                """);

        assertThat(run().appliedChangesets()).isEqualTo(3);
        assertThat(run().appliedChangesets()).isZero();
        assertThat(count("customer")).isEqualTo(2);
        assertThat(count("databasechangelog")).isEqualTo(3);
    }

    @Test
    void aChangesetThatFailsIsFinishedByTheNextRunAndDoesNothingTwice() throws Exception {
        changelog("""
                --changeset ann:1
                create table customer (id int);
                insert into customer values (1);
                insert into archive values (1);
                insert into customer values (2);
                """);

        assertThatThrownBy(this::run)
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("Changeset 'changes.sql::1::ann' failed")
                .hasMessageContaining("42P01");

        execute("create table archive (id int)");
        assertThat(run().appliedChangesets()).isEqualTo(1);
        assertThat(count("customer")).isEqualTo(2);
        assertThat(count("archive")).isEqualTo(1);
        assertThat(engine.catalog().hasTable("public", TABLES.unfinished(), connect()))
                .isFalse();
    }

    @Test
    void aRunWhoseConnectionIsLostGoesOnWithAnotherOne() throws Exception {
        changelog("""
                --changeset ann:1
                create table customer (id int);
                insert into customer values (1);
                select pg_sleep(2);
                insert into customer values (2);
                """);
        Thread killer = Thread.ofPlatform().start(this::endTheSessionThatSleeps);

        assertThat(run().appliedChangesets()).isEqualTo(1);
        killer.join();

        assertThat(count("customer")).isEqualTo(2);
    }

    // Once: the statement is executed again on the next connection.
    private void endTheSessionThatSleeps() {
        String kill =
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where state = 'active' and query ~ '^.?select pg_sleep'";
        try (Connection superuser = database.connectAsSuperuser();
                Statement statement = superuser.createStatement()) {
            int ended = 0;
            while (ended == 0) {
                Thread.sleep(50);
                try (ResultSet row = statement.executeQuery(kill)) {
                    row.next();
                    ended = row.getInt(1);
                }
            }
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whileOneRunHasTheLockAnotherOneWaitsForIt() throws Exception {
        changelog("--changeset ann:1\ncreate table customer (id int);\n");
        try (RunLock lock = engine.sessions().lock(connect(), TABLES, LOCK_TIMEOUT)) {
            lock.acquire(Deadline.in(Duration.ofSeconds(5)));

            assertThatThrownBy(() -> run(Duration.ofSeconds(1)))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageStartingWith("Could not acquire the changelog lock");
        }
        assertThat(run().appliedChangesets()).isEqualTo(1);
    }

    @Test
    void theLockOfASessionThatIsGoneIsFreeWithinSeconds() throws Exception {
        Connection gone = connect();
        engine.sessions().lock(gone, TABLES, LOCK_TIMEOUT).acquire(Deadline.in(Duration.ofSeconds(5)));
        gone.abort(Runnable::run);

        try (RunLock lock = engine.sessions().lock(connect(), TABLES, LOCK_TIMEOUT)) {
            lock.acquire(Deadline.in(Duration.ofSeconds(20)));
        }
    }

    @Test
    void failuresHaveTheirKinds() throws Exception {
        execute("create table customer (id int)");
        assertThat(kindOf("select * from missing")).isEqualTo(FailureKind.NO_OBJECT);
        assertThat(kindOf("select missing from customer")).isEqualTo(FailureKind.NO_COLUMN);
        assertThat(kindOf("create table customer (id int)")).isEqualTo(FailureKind.TABLE_EXISTS);
        assertThat(kindOf("create role other")).isEqualTo(FailureKind.NO_PRIVILEGE);
        assertThat(kindOf("select 1 / 0")).isEqualTo(FailureKind.OTHER);
        try (Connection holder = connect();
                Statement lock = holder.createStatement()) {
            lock.execute("lock table customer");
            assertThat(kindOf("insert into customer values (1)").isConflict()).isTrue();
        }
    }

    @Test
    void aConnectionThatIsLostIsToldFromOneThatIsNot() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            SQLException refused = failure(statement, "select 1 / 0");
            assertThat(engine.sessions().loss(refused, connection)).isEmpty();
            connection.rollback();
            assertThat(engine.sessions().takesWrites(connection)).isTrue();

            SQLException lost = failure(statement, "select pg_terminate_backend(pg_backend_pid())");
            assertThat(engine.sessions().loss(lost, connection)).isPresent();
        }
    }

    @Test
    void theCatalogKnowsSchemasAndTables() throws Exception {
        execute("create schema \"Two\"");
        execute("create table \"Two\".\"t\"\"x\" (id int, name text)");
        Connection connection = connect();
        Catalog catalog = engine.catalog();

        assertThat(catalog.hasSchema("Two", connection)).isTrue();
        assertThat(catalog.hasSchema("two", connection)).isFalse();
        assertThat(catalog.currentSchema(connection)).hasValue("public");
        assertThat(catalog.hasTable("Two", "t\"x", connection)).isTrue();
        assertThat(catalog.columns("Two", "t\"x", List.of("id", "name", "other"), connection))
                .isEqualTo(2);
        catalog.searchFirst("Two", connection);
        assertThat(catalog.currentSchema(connection)).hasValue("Two");
        catalog.comment("Two", "t\"x", "ours: 1", connection);
        assertThat(catalog.comments("ours: ", List.of("id"), connection))
                .isEqualTo(Map.of(new Catalog.Table("Two", "t\"x"), "ours: 1"));
        assertThat(catalog.history(TABLES, connection).hasTables()).isFalse();
        catalog.dropTable("Two", "t\"x", connection);
        assertThat(catalog.hasTable("Two", "t\"x", connection)).isFalse();
    }

    @Test
    void theTableOfUnfinishedChangesetsGivesBackWhatItIsGiven() throws Exception {
        Connection connection = connect();
        UnfinishedTable table = engine.catalog().unfinished(TABLES, connection);
        assertThat(table.exists()).isFalse();
        table.create();
        UnfinishedChangeset begun = UnfinishedChangeset.begun(
                "a.sql::1::ann", new UnfinishedChangeset.Origin("a.sql", "stack 's', resource 'r'"), "");
        UnfinishedChangeset running = begun.withDone(
                        2,
                        "digest",
                        new UnfinishedChangeset.Session(
                                "owner", Map.of("search_path", "a, \"b=c\""), Set.of("temporary table 'x'")),
                        true)
                .withRunning(
                        "running",
                        Optional.of(new IndexBuild("public", "t", "i", List.of(1L, 2L))),
                        new UnfinishedChangeset.Session("owner", Map.of(), Set.of()));

        table.write(begun);
        table.write(running);
        assertThat(table.exists()).isTrue();
        assertThat(table.rows()).containsExactly(running);
        table.delete(running.name());
        assertThat(table.rows()).isEmpty();
        table.drop();
        assertThat(table.exists()).isFalse();
    }

    @Test
    void aDeployIsTheSameAsTheLastOneUntilTheHistoryOrADigestChanges() throws Exception {
        changelog("--changeset ann:1\ncreate table customer (id int);\n");
        Deploy first = deploy("1", "resource", "files");
        run(Optional.of(first), Duration.ofSeconds(60));

        assertThat(same(deploy("2", "resource", "files")))
                .hasValue(new HistoryGlance.SameDeploy(1, "changes.sql::1::ann"));
        assertThat(count("databasechangelogdeploys where applied = 0")).isEqualTo(1);
        assertThat(same(deploy("3", "resource", "other files"))).isEmpty();
        assertThat(same(deploy("4", "other", "files"))).isEmpty();

        execute("update databasechangelog set exectype = 'RERAN'");
        assertThat(same(deploy("5", "resource", "files"))).isEmpty();
        assertThat(count("databasechangelogdeploys")).isEqualTo(2);
    }

    @Test
    void aFailedDeployIsNoted() throws Exception {
        changelog("--changeset ann:1\ninsert into archive values (1);\n");

        assertThatThrownBy(() -> run(Optional.of(deploy("1", "resource", "files")), Duration.ofSeconds(60)))
                .isInstanceOf(MigrationException.class);

        assertThat(count("databasechangelogdeploys where result = 'FAILED' and not settled"))
                .isEqualTo(1);
        assertThat(same(deploy("2", "resource", "files"))).isEmpty();
    }

    @Test
    void eachResourceKeepsItsNewestDeploys() throws Exception {
        changelog("--changeset ann:1\ncreate table customer (id int);\n");
        run(Optional.of(deploy("1", "resource", "files")), Duration.ofSeconds(60));
        run(Optional.of(deploy("2", "other", "files")), Duration.ofSeconds(60));

        for (int number = 3; number < 210; number++) {
            assertThat(same(deploy(Integer.toString(number), "resource", "files")))
                    .isPresent();
        }

        // The rows that a statement itself adds are not counted by it.
        assertThat(count("databasechangelogdeploys where resource = 'resource'"))
                .isEqualTo(201);
        assertThat(count("databasechangelogdeploys where resource = 'other'")).isEqualTo(1);
    }

    private static Deploy deploy(String id, String resource, String files) {
        return new Deploy(
                id,
                resource,
                "stack",
                "Migration",
                "Update",
                "request",
                "",
                "1",
                new DeployDigests(files, "request", "code"));
    }

    private Optional<HistoryGlance.SameDeploy> same(Deploy deploy) throws SQLException {
        HistoryNames names = new HistoryNames(Optional.empty(), Optional.empty(), TABLES.history(), TABLES.lock());
        try (Connection connection = connect()) {
            connection.setAutoCommit(true);
            HistoryGlance glance = engine.catalog().glance(names, connection).orElseThrow();
            return engine.catalog().sameDeploy(glance, deploy, connection);
        }
    }

    @Test
    void aTextIsSplitAsTheServerReadsIt() {
        Statements statements = engine.statements();

        assertThat(statements.split("insert into t values ('a;b'); -- c;\nselect 1"))
                .containsExactly("insert into t values ('a;b')", "-- c;\nselect 1");
        assertThat(statements.kindOf("begin")).isEqualTo(StatementKind.BEGIN);
        assertThat(statements.kindOf("commit")).isEqualTo(StatementKind.COMMIT);
        assertThat(statements.kindOf("insert into t values (1)")).isEqualTo(StatementKind.PLAIN);
        assertThat(statements.isOneQuery("select 1")).isTrue();
        assertThat(statements.isDrop("drop table t")).isTrue();
        assertThat(statements.steps("begin; delete from a; commit"))
                .extracting(StatementStep::sql)
                .containsExactly("begin", "delete from a", "commit");
    }

    @Test
    void theObjectsOfASchemaAreDroppedButForThoseThatStay() throws Exception {
        execute("create table kept (id int)");
        execute("create table customer (id int primary key)");
        execute("create table orders (id int references customer)");
        execute("create view v as select * from customer");
        Connection connection = connect();
        connection.setAutoCommit(true);

        List<SchemaObject> left = engine.objects()
                .drop(
                        "public",
                        object -> object.identity().equals("public.kept"),
                        "orders",
                        connection,
                        Deadline.in(Duration.ofSeconds(20)));

        assertThat(left).extracting(SchemaObject::identity).containsExactly("public.kept");
        assertThat(engine.objects().in("public", connection)).isEqualTo(left);
    }

    private void changelog(String changesets) throws IOException {
        Files.writeString(folder.resolve("changes.sql"), "--liquibase formatted sql\n" + changesets);
    }

    private MigrationReport run() {
        return run(Duration.ofSeconds(60));
    }

    private MigrationReport run(Duration time) {
        return run(Optional.empty(), time);
    }

    private MigrationReport run(Optional<Deploy> deploy, Duration time) {
        Changelog changelog = new Changelog(
                folder,
                "changes.sql",
                "",
                "",
                Map.of(),
                null,
                new Changelog.History(null, "DATABASECHANGELOG", "DATABASECHANGELOGLOCK"));
        RunOptions options = new RunOptions(
                LOCK_TIMEOUT,
                RunOptions.UndefinedParameters.KEEP,
                Optional.empty(),
                RunOptions.ExecuteCommand.REFUSE,
                new ResourceName("resource", ""),
                false,
                deploy,
                false);
        DatabaseConnections connections = new DatabaseConnections() {
            @Override
            public Connection open() {
                try {
                    Connection opened = connect();
                    opened.setAutoCommit(true);
                    return opened;
                } catch (SQLException e) {
                    throw new MigrationException("no connection", e);
                }
            }

            @Override
            public Connection openAside() throws SQLException {
                return connect();
            }

            @Override
            public boolean wasCut() {
                return false;
            }
        };
        return liquibase.update(changelog, options, connections, engine, Deadline.in(time));
    }

    // With auto-commit off. The database ends the session when it is dropped.
    private Connection connect() throws SQLException {
        ConnectionDetails details = new ConnectionDetails(
                HostName.of(database.host()).orElseThrow(),
                database.port(),
                database.databaseName(),
                database.username(),
                database.password());
        Connection connection = engine.connector()
                .connect(
                        details,
                        new ConnectionOptions(
                                "contract",
                                SslMode.DISABLE,
                                Optional.empty(),
                                true,
                                new SessionSettings(Optional.of(LOCK_TIMEOUT), false)),
                        Deadline.in(Duration.ofSeconds(20)),
                        Deadline.in(Duration.ofMinutes(2)));
        connection.setAutoCommit(false);
        return connection;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            connection.commit();
        }
    }

    private int count(String table) throws SQLException {
        try (Connection connection = connect();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getInt(1);
        }
    }

    private FailureKind kindOf(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            return engine.failures().kind(failure(statement, sql));
        }
    }

    private static SQLException failure(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            return e;
        }
        throw new AssertionError("executed: " + sql);
    }
}
