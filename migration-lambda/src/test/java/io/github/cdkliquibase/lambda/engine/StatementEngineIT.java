package io.github.cdkliquibase.lambda.engine;

/** The seam with an engine that is about what Aurora DSQL and MySQL need. */
final class StatementEngineIT extends EngineContract {

    StatementEngineIT() {
        super(StatementEngine.create());
    }
}
