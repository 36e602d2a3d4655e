package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.MigrationReport;
import io.github.cdkliquibase.lambda.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.lambda.cloudformation.ResourceWork;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.history.ResourceName;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import io.github.cdkliquibase.lambda.request.TargetChange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** A migration as a custom resource: from events to what is done with the database, and from its report to attributes. */
final class MigrationResource implements ResourceWork {

    private final Lazy<Migration> migration;

    MigrationResource(Supplier<Migration> migration) {
        this.migration = new Lazy<>(migration);
    }

    @Override
    public Outcome apply(CustomResourceEvent event, Deadline deadline) {
        MigrationReport report = migration.get().update(event.properties(), resource(event), deadline);
        Map<String, String> data = new LinkedHashMap<>();
        data.put("AppliedChangesets", String.valueOf(report.appliedChangesets()));
        data.put("TotalChangesets", String.valueOf(report.totalChangesets()));
        data.put("LastChangeset", report.lastChangeset());
        data.put("DeploymentId", report.deploymentId());
        data.put("RestorePoint", Objects.toString(report.restorePoint(), ""));
        String words = report.appliedChangesets() == 0
                ? "nothing was pending of %d changesets".formatted(report.totalChangesets())
                : "applied %d of %d changesets, the last: %s"
                        .formatted(report.appliedChangesets(), report.totalChangesets(), report.lastChangeset());
        return new Outcome(data, words, report.warnings());
    }

    // Older code must not run forward, and nothing is asked of the database.
    @Override
    public Outcome rollBack(CustomResourceEvent event, Deadline deadline) {
        return nothingRan("the stack is rolled back, and the database stays as it is");
    }

    @Override
    public Outcome delete(CustomResourceEvent event, Deadline deadline) {
        return MigrationRequest.dropsOnDelete(event.properties()) && event.hasOurPhysicalResourceId()
                ? nothingRan(migration.get().dropAll(event.properties(), resource(event), deadline))
                : nothingRan("nothing was run");
    }

    @Override
    public boolean isUntouched(CustomResourceEvent event, Deadline deadline) {
        return TargetChange.isIn(event.properties(), event.oldProperties())
                && migration.get().isUntouched(event.properties(), deadline);
    }

    @Override
    public boolean isStuck() {
        return migration.ifMade().filter(Migration::isStuck).isPresent();
    }

    private static ResourceName resource(CustomResourceEvent event) {
        String stack = event.stackName();
        String logicalId = Objects.toString(event.logicalResourceId(), "");
        return new ResourceName(
                event.ownPhysicalResourceId(),
                stack.isEmpty() ? logicalId : "stack '%s', resource '%s'".formatted(stack, logicalId));
    }

    private static Outcome nothingRan(String words) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("AppliedChangesets", "0");
        data.put("TotalChangesets", "");
        data.put("LastChangeset", "");
        data.put("DeploymentId", "");
        data.put("RestorePoint", "");
        return new Outcome(data, words, 0);
    }
}
