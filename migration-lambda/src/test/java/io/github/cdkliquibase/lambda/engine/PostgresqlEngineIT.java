package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.engine.postgresql.PostgresqlEngine;

final class PostgresqlEngineIT extends EngineContract {

    PostgresqlEngineIT() {
        super(PostgresqlEngine.create());
    }
}
