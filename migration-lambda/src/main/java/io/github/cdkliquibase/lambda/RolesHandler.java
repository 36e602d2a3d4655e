package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.cloudformation.CustomResourceHandler;
import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import java.util.function.Supplier;

/**
 * The function of the custom resource that keeps the roles of a database: who owns its objects, who works with its rows, who
 * reads them.
 *
 * <p>It is a separate function. The function that migrates runs SQL and Java of users, so it must not be able to read
 * the administrator's secret. This one runs only the code of the artifact.
 */
public final class RolesHandler extends CustomResourceHandler {

    /** Called by Lambda. */
    public RolesHandler() {
        this(Wiring.rehearse());
    }

    private RolesHandler(Rehearsal sdk) {
        super(new RolesResource(() -> Wiring.roles(sdk)), sdk);
    }

    RolesHandler(Supplier<RolesWork> roles) {
        super(new RolesResource(roles), Rehearsal.none());
    }
}
