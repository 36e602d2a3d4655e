package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.cloudformation.Attributes;
import io.github.cdkliquibase.lambda.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.lambda.cloudformation.ResourceWork;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.request.RolesRequest;
import io.github.cdkliquibase.lambda.roles.DatabaseRoles;
import io.github.cdkliquibase.lambda.roles.ResourceIdentity;
import io.github.cdkliquibase.lambda.roles.Role;
import io.github.cdkliquibase.lambda.roles.RolePurpose;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
        RolesWork.Done done = roles.get().apply(identity(event), event.properties(), event.oldProperties(), deadline);
        Attributes attributes = named(Optional.of(done.request().roles()))
                .with(RolesAttribute.CHANGES, done.report().changes())
                .with(
                        RolesAttribute.DRIFT,
                        Text.cut(String.join("; ", done.report().repaired()), LONGEST_DRIFT))
                .with(RolesAttribute.PROBED_TABLES, done.report().tables());
        return new Outcome(
                attributes,
                "%d changes to the roles, %d tables probed"
                        .formatted(done.report().changes(), done.report().tables()),
                0);
    }

    @Override
    public Outcome rollBack(CustomResourceEvent event, Deadline deadline) {
        return new Outcome(unchanged(event), "the stack is rolled back, and the database stays as it is", 0);
    }

    @Override
    public Outcome delete(CustomResourceEvent event, Deadline deadline) {
        if (!RolesRequest.dropsOnDelete(event.properties()) || !event.hasOurPhysicalResourceId()) {
            return new Outcome(unchanged(event), "the roles stay as they are", 0);
        }
        return new Outcome(unchanged(event), roles.get().drop(identity(event), event.properties(), deadline), 0);
    }

    // The next deploy with a later stamp creates the missing roles.
    @Override
    public boolean isDeploy(CustomResourceEvent event, Deadline deadline) {
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

    // The names are a matter of the properties, so a template may read them also where nothing was changed.
    private static Attributes unchanged(CustomResourceEvent event) {
        return named(RolesRequest.named(event.properties()));
    }

    private static Attributes named(Optional<DatabaseRoles> named) {
        Attributes attributes = Attributes.whereNothingRan(RolesAttribute.values());
        for (Map.Entry<RolePurpose, Role> role :
                named.map(DatabaseRoles::roles).orElse(Map.of()).entrySet()) {
            attributes = attributes.with(
                    RolesAttribute.nameOf(role.getKey()), role.getValue().name());
        }
        return attributes;
    }
}
