package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.cloudformation.CustomResourceHandler;
import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import java.util.function.Supplier;

/** The function of the custom resource that migrates a database: on Create and on Update it applies a changelog. */
public final class MigrationHandler extends CustomResourceHandler {

    /** Called by Lambda. */
    public MigrationHandler() {
        this(Wiring.rehearse());
    }

    private MigrationHandler(Rehearsal sdk) {
        super(new MigrationResource(() -> Wiring.migration(sdk)), sdk);
    }

    MigrationHandler(Supplier<Migration> migration) {
        super(new MigrationResource(migration), Rehearsal.none());
    }
}
