package io.github.cdkliquibase.infra;

import io.github.cdkliquibase.constructs.database.AuroraDatabase;
import io.github.cdkliquibase.constructs.database.AuroraDatabaseProps;
import io.github.cdkliquibase.constructs.database.DeploymentStage;
import io.github.cdkliquibase.constructs.migration.DatabaseMigration;
import io.github.cdkliquibase.constructs.migration.DatabaseMigrationProps;
import io.github.cdkliquibase.constructs.migration.Protocol;
import io.github.cdkliquibase.constructs.network.IsolatedNetwork;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Stack;

/** The apps that the end-to-end tests deploy, with the zips that the build has made. */
public final class SampleApp {

    private SampleApp() {}

    /**
     * Synthesises a stack of a network, a database and its migration as the master user.
     *
     * @param assembly where to; what an earlier synth has left there may stay
     * @param changelog the folder of the changelog
     * @param authority a file in it, with the authority of the database
     * @param clock gives the time of the deploy
     */
    public static void migration(Protocol protocol, Path assembly, Path changelog, String authority, Clock clock) {
        App app = app(assembly, Map.of());
        Stack stack = new Stack(app, "Stack");
        IsolatedNetwork network = new IsolatedNetwork(stack, "Network");
        AuroraDatabase database = new AuroraDatabase(
                stack,
                "Database",
                AuroraDatabaseProps.builder(network.vpc(), DeploymentStage.DEVELOPMENT, "test", "app")
                        .build());
        new DatabaseMigration(
                stack,
                "Migration",
                DatabaseMigrationProps.builder()
                        .network(network)
                        .cluster(database.cluster())
                        .secret(database.secret())
                        .databaseName(database.databaseName())
                        .changelog(changelog)
                        .sslRootCert(authority)
                        .protocol(protocol)
                        .clock(clock)
                        .build());
        app.synth();
    }

    /**
     * Synthesises the shop: network, database, roles, migration as the owner, probe, and the application.
     *
     * @param assembly where to; what an earlier synth has left there may stay
     * @param changelog the folder of the changelog
     * @param authority a file in it, with the authority of the database
     * @param clock gives the time of the deploy
     */
    public static void shop(Path assembly, Path changelog, String authority, Clock clock) {
        App app = app(assembly, Map.of("changelog", changelog.toString(), "sslRootCert", authority));
        InfraApp.addStacks(app, clock);
        app.synth();
    }

    private static App app(Path assembly, Map<String, Object> context) {
        return new App(
                AppProps.builder().outdir(assembly.toString()).context(context).build());
    }
}
