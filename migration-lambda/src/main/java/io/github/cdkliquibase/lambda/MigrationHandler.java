package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.cloudformation.CustomResourceHandler;
import java.util.function.Supplier;

/** The function of the custom resource that migrates a database: on Create and on Update it applies a changelog. */
public final class MigrationHandler extends CustomResourceHandler {

    /** Called by Lambda. */
    public MigrationHandler() {
        this(Wiring.migration());
    }

    MigrationHandler(Supplier<Migration> migration) {
        super(new MigrationResource(migration));
    }
}
