package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Engine;

/** The door of this package. */
public final class PostgresqlEngine {

    private PostgresqlEngine() {}

    /** The engine. It holds no resources. */
    public static Engine create() {
        PostgresqlFailures failures = new PostgresqlFailures();
        return new Engine(
                new PostgresqlConnector(),
                failures,
                new PostgresqlSessions(failures),
                new PostgresqlTransactions(),
                new PostgresqlStatements(),
                new ConcurrentIndexBuilds(),
                new PostgresqlCatalog(),
                new PostgresqlObjects(failures),
                new PostgresqlLossProbe());
    }

    /** Loads the classes with which the driver connects, and connects to nothing. */
    public static void rehearse() {
        DriverRehearsal.run();
    }
}
