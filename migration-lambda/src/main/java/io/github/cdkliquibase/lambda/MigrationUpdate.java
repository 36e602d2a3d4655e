package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.changelog.MigrationReport;
import io.github.cdkliquibase.lambda.changelog.RunOptions;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.deadline.EarlyWork;
import io.github.cdkliquibase.lambda.engine.Deploy;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.history.DeployHistory;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One deploy of a changelog. It connects first, and then asks the histories whether anything can be pending: only if so, Liquibase
 * is started.
 */
final class MigrationUpdate implements TimedRun.Work<MigrationReport> {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationUpdate.class);

    private final MigrationRequest request;
    private final DeployInput input;
    private final DeploySource source;
    private final LiquibaseMigration liquibase;
    private final Engine engine;
    private final Deadline deadline;
    private volatile boolean hasBegun;

    /**
     * A deploy.
     *
     * @param input makes the digests of the deploy
     * @param source the custom resource that asks for it
     */
    MigrationUpdate(
            MigrationRequest request,
            DeployInput input,
            DeploySource source,
            LiquibaseMigration liquibase,
            Engine engine,
            Deadline deadline) {
        this.request = request;
        this.input = input;
        this.source = source;
        this.liquibase = liquibase;
        this.engine = engine;
        this.deadline = deadline;
    }

    @Override
    public MigrationReport on(DatabaseSession session) {
        EarlyWork<Optional<Deploy>> asked = EarlyWork.begin("digests", () -> input.deploy(request, source));
        SessionConnections connections =
                SessionConnections.connected(session, request.database(), request.sessionSettings(), deadline);
        Optional<DeployHistory.Found> found = digested(asked).flatMap(each -> look(each, connections.first()));
        return found.flatMap(DeployHistory.Found::same)
                .map(same -> MigrationReport.unchanged(same.total(), same.newest()))
                .orElseGet(() -> run(connections, found.map(DeployHistory.Found::deploy)));
    }

    private Optional<Deploy> digested(EarlyWork<Optional<Deploy>> asked) {
        Optional<Optional<Deploy>> result = asked.result(deadline);
        if (result.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("event", "deploys.unknown")
                    .log("Could not take the digests of this deploy, so Liquibase looks at the changelog");
        }
        return result.flatMap(Function.identity());
    }

    // Where the question fails, Liquibase's way finds the reason, or another connection.
    private Optional<DeployHistory.Found> look(Deploy asked, Connection connection) {
        try {
            return new DeployHistory(engine, connection, source.resource(), request.dropsOnDelete())
                    .look(request.changelog().historyNames(), asked, request.skipsUnchanged());
        } catch (SQLException e) {
            LOG.atInfo()
                    .addKeyValue("event", "deploys.unknown")
                    .log(
                            "Could not compare this deploy with the last one: {}",
                            engine.failures().describe(e));
            return Optional.empty();
        }
    }

    private MigrationReport run(SessionConnections connections, Optional<Deploy> located) {
        liquibase.check(request.changelog());
        RunOptions options = new RunOptions(
                request.lockTimeout(),
                request.undefinedParameters(),
                request.restartChangeset(),
                request.executeCommand(),
                source.resource(),
                request.dropsOnDelete(),
                located,
                request.serverMessages());
        hasBegun = true;
        return liquibase.update(request.changelog(), options, connections, engine, deadline);
    }

    @Override
    public String howFar() {
        return hasBegun ? liquibase.progressText() : "";
    }
}
