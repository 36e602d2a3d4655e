package io.github.cdkliquibase.constructs;

import io.github.cdkliquibase.constructs.migration.DatabaseMigration;
import io.github.cdkliquibase.constructs.migration.DatabaseMigrationProps;
import io.github.cdkliquibase.constructs.migration.DatabaseRole;
import io.github.cdkliquibase.constructs.migration.DatabaseRoles;
import io.github.cdkliquibase.constructs.migration.DatabaseRolesProps;
import java.nio.file.Path;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.CreateAlarmOptions;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.logs.FilterPattern;
import software.amazon.awscdk.services.logs.MetricFilterOptions;
import software.amazon.awscdk.services.rds.DatabaseCluster;

/** The code of docs/using-in-your-app.md, where each block stands between two of these comments. */
final class ExistingApp {

    private ExistingApp() {}

    static void migrate(Stack stack, IVpc vpc, DatabaseCluster cluster, Function service) {
        // begin: migration
        DatabaseMigration migration = new DatabaseMigration(
                stack,
                "Migration",
                DatabaseMigrationProps.builder()
                        .vpc(vpc)
                        .cluster(cluster)
                        .secret(cluster.getSecret())
                        .databaseName("shop")
                        .changelog(Path.of("database"))
                        .build());
        migration.executeBefore(service);
        // end

        // begin: parts
        migration
                .logGroup()
                .addMetricFilter(
                        "Failed",
                        MetricFilterOptions.builder()
                                .filterPattern(FilterPattern.stringValue("$.event", "=", "changeset.failed"))
                                .metricNamespace("Shop")
                                .metricName("FailedChangesets")
                                .build());
        migration
                .function()
                .metricErrors()
                .createAlarm(
                        stack,
                        "MigrationErrors",
                        CreateAlarmOptions.builder()
                                .threshold(1)
                                .evaluationPeriods(1)
                                .build());
        // end

        // begin: outputs
        CfnOutput.Builder.create(stack, "LastChangeset")
                .value(migration.lastChangeset())
                .build();
        // end
    }

    static void keepRoles(Stack stack, IVpc vpc, DatabaseCluster cluster, Function service) {
        // begin: roles
        DatabaseRoles roles = new DatabaseRoles(
                stack,
                "Roles",
                DatabaseRolesProps.builder()
                        .vpc(vpc)
                        .cluster(cluster)
                        .secret(cluster.getSecret())
                        .databaseName("shop")
                        .application(DatabaseRole.withIam("shop_app"))
                        .build());
        DatabaseMigration migration = new DatabaseMigration(
                stack,
                "Migration",
                DatabaseMigrationProps.builder()
                        .vpc(vpc)
                        .roles(roles)
                        .changelog(Path.of("database"))
                        .build());
        migration.executeBefore(service);
        cluster.grantConnect(service, "shop_app");
        service.getConnections().allowToDefaultPort(cluster);
        // end
    }
}
