package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.request.RolesRequest;
import io.github.cdkliquibase.lambda.roles.DatabaseRoles;
import io.github.cdkliquibase.lambda.roles.Purpose;
import io.github.cdkliquibase.lambda.roles.RolesResource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The custom resource that keeps the roles of a database: who owns its objects, who works with its rows, who reads them.
 *
 * <p>It is a separate function. The function that migrates runs SQL and Java of users, so it must not be able to read
 * the administrator's secret. This one runs only the code of the artifact.
 */
public final class RolesHandler extends CustomResourceHandler {

    /** All attributes together must leave room in an answer of 4,096 bytes. */
    private static final int LONGEST_DRIFT = 1_024;

    private final Supplier<RolesWork> wiring;
    private @Nullable RolesWork work;

    /** Called by Lambda. Does nothing that can fail: a function that does not start cannot answer. */
    public RolesHandler() {
        this(new ResponseUrlClient(), Wiring::rolesFromEnvironment);
    }

    RolesHandler(ResponseUrlClient answers, Supplier<RolesWork> wiring) {
        super(answers);
        this.wiring = wiring;
    }

    private RolesWork work() {
        if (work == null) {
            work = wiring.get();
        }
        return work;
    }

    @Override
    Outcome apply(CustomResourceEvent event, Deadline deadline) {
        RolesWork.Done outcome = work().apply(resource(event), event.properties(), event.oldProperties(), deadline);
        Map<String, String> data = names(outcome.request().roles());
        data.put("Changes", String.valueOf(outcome.report().changes()));
        data.put("Drift", Text.cut(String.join("; ", outcome.report().repaired()), LONGEST_DRIFT));
        data.put("ProbedTables", String.valueOf(outcome.report().tables()));
        return new Outcome(
                data,
                "%d changes to the roles, %d tables probed"
                        .formatted(outcome.report().changes(), outcome.report().tables()),
                0);
    }

    @Override
    boolean isStuck() {
        return work != null && work.isStuck();
    }

    // The next deploy with a later stamp creates the missing roles.
    @Override
    boolean isUntouched(CustomResourceEvent event, Deadline deadline) {
        return false;
    }

    @Override
    Outcome delete(CustomResourceEvent event, Deadline deadline) {
        if (RolesRequest.dropsOnDelete(event.properties()) && event.hasOurPhysicalResourceId()) {
            work().drop(resource(event), event.properties(), deadline);
        }
        return nothingRan(event);
    }

    private static RolesResource resource(CustomResourceEvent event) {
        return new RolesResource(event.stackName(), event.stackKey(), Objects.toString(event.logicalResourceId(), ""));
    }

    // The attributes with the names depend on the properties only, so they are the same when nothing runs.
    @Override
    Outcome nothingRan(CustomResourceEvent event) {
        Map<String, String> data =
                RolesRequest.named(event.properties()).map(RolesHandler::names).orElseGet(RolesHandler::noNames);
        data.put("Changes", "0");
        data.put("Drift", "");
        data.put("ProbedTables", "0");
        return new Outcome(data, "the roles stay as they are", 0);
    }

    private static Map<String, String> names(DatabaseRoles roles) {
        Map<String, String> data = noNames();
        roles.roles().forEach((purpose, role) -> data.put(attribute(purpose), role.name()));
        return data;
    }

    private static Map<String, String> noNames() {
        Map<String, String> data = new LinkedHashMap<>();
        for (Purpose purpose : Purpose.values()) {
            data.put(attribute(purpose), "");
        }
        return data;
    }

    private static String attribute(Purpose purpose) {
        return purpose.property() + "Name";
    }
}
