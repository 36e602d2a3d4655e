package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.lambda.cloudformation.ResourceWork;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.request.RolesRequest;
import io.github.cdkliquibase.lambda.roles.DatabaseRoles;
import io.github.cdkliquibase.lambda.roles.Purpose;
import io.github.cdkliquibase.lambda.roles.ResourceIdentity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** The roles of a database as a custom resource: from events to what is done with the roles, and from its report to attributes. */
final class RolesResource implements ResourceWork {

    /** All attributes together must leave room in an answer of 4,096 bytes. */
    private static final int LONGEST_DRIFT = 1_024;

    private final Lazy<RolesWork> roles;

    RolesResource(Supplier<RolesWork> roles) {
        this.roles = new Lazy<>(roles);
    }

    @Override
    public Outcome apply(CustomResourceEvent event, Deadline deadline) {
        RolesWork.Done done =
                roles.get().apply(identity(event), event.properties(), event.oldProperties(), deadline);
        Map<String, String> data = names(done.request().roles());
        data.put("Changes", String.valueOf(done.report().changes()));
        data.put("Drift", Text.cut(String.join("; ", done.report().repaired()), LONGEST_DRIFT));
        data.put("ProbedTables", String.valueOf(done.report().tables()));
        return new Outcome(
                data,
                "%d changes to the roles, %d tables probed"
                        .formatted(done.report().changes(), done.report().tables()),
                0);
    }

    @Override
    public Outcome rollBack(CustomResourceEvent event, Deadline deadline) {
        return nothingRan(event, "the stack is rolled back, and the database stays as it is");
    }

    @Override
    public Outcome delete(CustomResourceEvent event, Deadline deadline) {
        if (RolesRequest.dropsOnDelete(event.properties()) && event.hasOurPhysicalResourceId()) {
            roles.get().drop(identity(event), event.properties(), deadline);
        }
        return nothingRan(event, "the roles stay as they are");
    }

    // Roles that are not there yet are made by the next deploy with a later stamp.
    @Override
    public boolean isUntouched(CustomResourceEvent event, Deadline deadline) {
        return false;
    }

    @Override
    public boolean isStuck() {
        return roles.ifMade().filter(RolesWork::isStuck).isPresent();
    }

    private static ResourceIdentity identity(CustomResourceEvent event) {
        return new ResourceIdentity(
                event.stackName(), event.stackKey(), Objects.toString(event.logicalResourceId(), ""));
    }

    // The names are a matter of the properties, so a template may read them also where nothing ran.
    private static Outcome nothingRan(CustomResourceEvent event, String words) {
        Map<String, String> data =
                RolesRequest.named(event.properties()).map(RolesResource::names).orElseGet(RolesResource::noNames);
        data.put("Changes", "0");
        data.put("Drift", "");
        data.put("ProbedTables", "0");
        return new Outcome(data, words, 0);
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
