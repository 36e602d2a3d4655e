package io.github.cdkliquibase.infra;

import io.github.cdkliquibase.infra.database.AuroraDatabase;
import io.github.cdkliquibase.infra.database.AuroraDatabaseProps;
import io.github.cdkliquibase.infra.migration.DatabaseMigration;
import io.github.cdkliquibase.infra.migration.DatabaseMigrationProps;
import io.github.cdkliquibase.infra.migration.MigrationFunction;
import io.github.cdkliquibase.infra.migration.MigrationFunctionProps;
import io.github.cdkliquibase.infra.network.IsolatedNetwork;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/** A database in a network of its own, and its migration. */
final class DatabaseStack extends Stack {

    DatabaseStack(Construct scope, String id, DatabaseStackProps props) {
        super(scope, id);
        IsolatedNetwork network = new IsolatedNetwork(this, "Network");
        AuroraDatabase database = new AuroraDatabase(
                this, "Database", new AuroraDatabaseProps(network.vpc(), "app", RemovalPolicy.SNAPSHOT));
        MigrationFunction function = new MigrationFunction(
                this,
                "MigrationFunction",
                new MigrationFunctionProps(network.vpc(), props.migrationLambda(), props.changelog()));
        new DatabaseMigration(
                this,
                "Migration",
                new DatabaseMigrationProps(
                        function,
                        database.cluster(),
                        database.secret(),
                        database.databaseName(),
                        network.secretsManager(),
                        props.clock()));
    }
}
