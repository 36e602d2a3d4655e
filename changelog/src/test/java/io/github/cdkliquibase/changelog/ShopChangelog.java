package io.github.cdkliquibase.changelog;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.FastCheckService;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.ui.LoggerUIService;

/** The changelog folder, run the way a deploy runs it: the folder is Liquibase's root, each run has a connection. */
final class ShopChangelog {
    static final Path FOLDER = Path.of("src", "main", "resources");
    static final String NO_CONTEXT = "";
    static final String ALL_LABELS = "";

    private static final String ROOT_FILE = "db/changelog/db.changelog-master.yaml";
    private static final Map<String, Object> SETTINGS =
            Map.of(Scope.Attr.ui.name(), new LoggerUIService(), "liquibase.analytics.enabled", false);
    private static final Logger LOG = Logger.getLogger("liquibase"); // kept: java.util.logging forgets the level else

    static {
        LOG.setLevel(Level.WARNING);
    }

    private final ConnectionSource connections;

    ShopChangelog(ConnectionSource connections) {
        this.connections = connections;
    }

    void update(String contexts, String labelFilter) throws Exception {
        run(liquibase -> liquibase.update(new Contexts(contexts), new LabelExpression(labelFilter)));
    }

    void updateNext(int changesets, String contexts) throws Exception {
        run(liquibase -> liquibase.update(changesets, new Contexts(contexts), new LabelExpression()));
    }

    void rollbackLast(int changesets, String contexts) throws Exception {
        run(liquibase -> liquibase.rollback(changesets, new Contexts(contexts), new LabelExpression()));
    }

    /** Everything that the root file lists, in its order, whatever has run. */
    List<ChangeSet> changesets() throws Exception {
        List<ChangeSet> changesets = new ArrayList<>();
        run(liquibase -> changesets.addAll(liquibase.getDatabaseChangeLog().getChangeSets()));
        return changesets;
    }

    @SuppressWarnings("try") // close() of Liquibase's accessor is declared to throw anything, interruption included
    private void run(Job job) throws Exception {
        try (Connection connection = connections.open();
                DirectoryResourceAccessor folder = new DirectoryResourceAccessor(FOLDER)) {
            Database database =
                    DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
            Scope.child(SETTINGS, () -> {
                // "Up to date" is remembered for the whole JVM by URL, and each test empties the database behind it.
                Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
                Liquibase liquibase = new Liquibase(ROOT_FILE, folder, database);
                liquibase.setShowSummary(UpdateSummaryEnum.OFF);
                job.with(liquibase);
            });
        }
    }

    interface ConnectionSource {
        Connection open() throws SQLException;
    }

    private interface Job {
        void with(Liquibase liquibase) throws Exception;
    }
}
