package io.github.cdkliquibase.infra;

import io.github.cdkliquibase.constructs.database.AuroraDatabase;
import io.github.cdkliquibase.constructs.database.AuroraDatabaseProps;
import io.github.cdkliquibase.constructs.migration.DatabaseMigration;
import io.github.cdkliquibase.constructs.migration.DatabaseRole;
import io.github.cdkliquibase.constructs.migration.DatabaseRoles;
import io.github.cdkliquibase.constructs.network.IsolatedNetwork;
import java.util.Map;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

/** The sample application in one stack: network, database, migration, and a function that needs what it makes. */
final class ShopStack extends Stack {

    private static final String SERVICE = "shop";
    private static final String APPLICATION_USER = "shop_app";

    /** In CloudFormation's express mode a new writer comes up to ten minutes after the first call. */
    private static final Duration CONNECT_TIMEOUT = Duration.minutes(12);

    ShopStack(Construct scope, String id, SampleSettings settings) {
        super(
                scope,
                id,
                StackProps.builder()
                        .description("A shop whose database is migrated on every deploy")
                        .tags(Map.of(
                                "service", SERVICE, "stage", settings.stage().word()))
                        .build());
        IsolatedNetwork network = new IsolatedNetwork(this, "Network");
        AuroraDatabase database = new AuroraDatabase(
                this,
                "Database",
                AuroraDatabaseProps.builder(network.vpc(), settings.stage(), SERVICE, "shop")
                        .build());
        DatabaseRoles roles = new DatabaseRoles(
                this,
                "Roles",
                settings.roles()
                        .network(network)
                        .cluster(database.cluster())
                        .secret(database.secret())
                        .databaseName(database.databaseName())
                        .connectTimeout(CONNECT_TIMEOUT)
                        .application(DatabaseRole.withIam(APPLICATION_USER))
                        .build());
        DatabaseMigration migration = new DatabaseMigration(
                this,
                "Migration",
                settings.migration()
                        .network(network)
                        .roles(roles)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .build());
        ApplicationFunction application = new ApplicationFunction(
                this, "Application", settings.application(), network.vpc(), database, APPLICATION_USER);
        migration.executeBefore(application);

        CfnOutput.Builder.create(this, "AppliedChangesets")
                .value(migration.appliedChangesets())
                .build();
        CfnOutput.Builder.create(this, "LastChangeset")
                .value(migration.lastChangeset())
                .build();
        CfnOutput.Builder.create(this, "ApplicationFunction")
                .value(application.functionName())
                .build();
    }
}
