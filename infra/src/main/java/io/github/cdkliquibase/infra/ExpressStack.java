package io.github.cdkliquibase.infra;

import io.github.cdkliquibase.constructs.database.AuroraExpressDatabase;
import io.github.cdkliquibase.constructs.database.AuroraExpressDatabaseProps;
import io.github.cdkliquibase.constructs.database.Provisioning;
import io.github.cdkliquibase.constructs.migration.DatabaseMigration;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

/** A database in Express configuration and its migration, for a branch or a test: there in a minute, gone without a trace. */
final class ExpressStack extends Stack {

    ExpressStack(Construct scope, String id, Provisioning provisioning, SampleSettings settings) {
        super(
                scope,
                id,
                StackProps.builder()
                        .description("A short-lived database that is migrated on every deploy")
                        .build());
        AuroraExpressDatabase database = new AuroraExpressDatabase(
                this, "Database", new AuroraExpressDatabaseProps(provisioning, RemovalPolicy.DESTROY));
        DatabaseMigration migration = new DatabaseMigration(
                this,
                "Migration",
                settings.migration()
                        .database(database.target())
                        .iamUsername(database.masterUsername())
                        .databaseName(database.databaseName())
                        .logRemovalPolicy(RemovalPolicy.DESTROY)
                        .build());
        CfnOutput.Builder.create(this, "Host").value(database.host()).build();
        CfnOutput.Builder.create(this, "LastChangeset")
                .value(migration.lastChangeset())
                .build();
    }
}
