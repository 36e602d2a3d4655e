package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.digest.PartsDigest;
import io.github.cdkliquibase.lambda.engine.Deploy;
import io.github.cdkliquibase.lambda.engine.DeployDigests;
import io.github.cdkliquibase.lambda.engine.DeployTable;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryGlance;
import io.github.cdkliquibase.lambda.engine.HistoryNames;
import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The history of deploys, as a deploy sees it before Liquibase is started: whether anything can be pending. */
public final class DeployHistory {

    private final Engine engine;
    private final Connection connection;
    private final ResourceName resource;
    private final boolean dropsOnDelete;

    /**
     * The view of one resource.
     *
     * @param connection with auto-commit on
     * @param dropsOnDelete whether a Delete of the resource drops what it has created
     */
    public DeployHistory(Engine engine, Connection connection, ResourceName resource, boolean dropsOnDelete) {
        this.engine = engine;
        this.connection = connection;
        this.resource = resource;
        this.dropsOnDelete = dropsOnDelete;
    }

    /**
     * The result of the look.
     *
     * @param deploy the deploy, whose digests cover the schemas and the user too
     * @param same the earlier deploy that makes this one superfluous; empty if something may be pending
     */
    public record Found(Deploy deploy, Optional<HistoryGlance.SameDeploy> same) {}

    /**
     * Looks at both histories, in at most two questions.
     *
     * @param deploy whose digests cover the properties alone
     * @param mayBeSame whether to look for an earlier deploy
     * @return empty if a schema does not exist
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if the deploy must not run beside another resource
     */
    public Optional<Found> look(HistoryNames names, Deploy deploy, boolean mayBeSame) throws SQLException {
        Optional<HistoryGlance> glance = engine.catalog().glance(names, connection);
        if (glance.isEmpty()) {
            return Optional.empty();
        }
        Deploy located = located(deploy, glance.get(), connection.getMetaData().getDatabaseProductVersion());
        return Optional.of(new Found(located, mayBeSame ? same(glance.get(), located) : Optional.empty()));
    }

    // The same properties mean other objects in another database, as another user, or with another search path. A
    // changelog can use the version of the server.
    private static Deploy located(Deploy deploy, HistoryGlance glance, String version) {
        DeployDigests digests = deploy.digests();
        String request = new PartsDigest()
                .add(digests.request())
                .add(version)
                .add(glance.database())
                .add(glance.user())
                .add(glance.objects())
                .add(glance.tables().schema())
                .hex();
        return deploy.with(new DeployDigests(digests.changelog(), request, digests.code()));
    }

    private Optional<HistoryGlance.SameDeploy> same(HistoryGlance glance, Deploy deploy) throws SQLException {
        HistoryState state = glance.state();
        SchemaOwnership ownership =
                new SchemaOwnership(engine, connection, glance.tables(), glance.objects(), resource, dropsOnDelete);
        if (!isWhole(state) || ownership.isDue(state)) {
            return Optional.empty();
        }
        ownership.refuseUntold(state);
        return engine.catalog().sameDeploy(glance, deploy, connection);
    }

    private static boolean isWhole(HistoryState state) {
        return state.columns() == HistoryTables.COLUMNS.size()
                && state.hasLock()
                && !state.hasUnfinished()
                && !state.hidesRows()
                && (state.deploys() == DeployTable.Access.READ || state.deploys() == DeployTable.Access.WRITE);
    }
}
