package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.MigrationReport;
import io.github.cdkliquibase.lambda.cloudformation.Attributes;
import io.github.cdkliquibase.lambda.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.lambda.cloudformation.ResourceWork;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import io.github.cdkliquibase.lambda.request.TargetChange;
import io.github.cdkliquibase.lambda.rollback.UndoReport;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A migration as a custom resource: from events to what is done with the database, and from its report to attributes. */
final class MigrationResource implements ResourceWork {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationResource.class);

    private static final UndoReport ELSEWHERE = new UndoReport(
            0,
            "Nothing was rolled back: the deploy that is undone had other properties of the database, and has applied no changeset here");

    private final Lazy<Migration> migration;

    MigrationResource(Supplier<Migration> migration) {
        this.migration = new Lazy<>(migration);
    }

    @Override
    public Outcome apply(CustomResourceEvent event, Deadline deadline) {
        MigrationReport report = migration.get().update(event.properties(), DeploySource.of(event), deadline);
        Attributes attributes = noChangeset()
                .with(MigrationAttribute.APPLIED_CHANGESETS, report.appliedChangesets())
                .with(MigrationAttribute.TOTAL_CHANGESETS, report.totalChangesets())
                .with(MigrationAttribute.LAST_CHANGESET, report.lastChangeset())
                .with(MigrationAttribute.DEPLOYMENT_ID, report.deploymentId())
                .with(MigrationAttribute.RESTORE_POINT, Objects.toString(report.restorePoint(), ""))
                .with(MigrationAttribute.UNCHANGED, report.isUnchanged());
        return new Outcome(attributes, words(report), report.warnings());
    }

    private static String words(MigrationReport report) {
        if (report.isUnchanged()) {
            return "unchanged since the last deploy, so none of %d changesets can be pending"
                    .formatted(report.totalChangesets());
        }
        return report.appliedChangesets() == 0
                ? "nothing was pending of %d changesets".formatted(report.totalChangesets())
                : "applied %d of %d changesets, the last: %s"
                        .formatted(report.appliedChangesets(), report.totalChangesets(), report.lastChangeset());
    }

    // Older code must not run forward. Without ROLLBACK, nothing is asked of the database.
    @Override
    public Outcome rollBack(CustomResourceEvent event, Deadline deadline) {
        if (!MigrationRequest.rollsBack(event.properties())) {
            return new Outcome(noChangeset(), "the stack is rolled back, and the database stays as it is", 0);
        }
        UndoReport report = undo(event, deadline);
        Attributes attributes = noChangeset()
                .with(MigrationAttribute.ROLLED_BACK_CHANGESETS, report.changesets())
                .with(MigrationAttribute.ROLLBACK_REASON, report.reason());
        String words = "the stack is rolled back. %d changesets were rolled back%s"
                .formatted(report.changesets(), report.reason().isEmpty() ? "" : ". " + report.reason());
        return new Outcome(attributes, words, report.reason().isEmpty() ? 0 : 1);
    }

    // A failure would leave the stack in UPDATE_ROLLBACK_FAILED.
    private UndoReport undo(CustomResourceEvent event, Deadline deadline) {
        try {
            Map<String, String> parameters = new HashMap<>(MigrationRequest.parameters(event.oldProperties()));
            parameters.putAll(MigrationRequest.parameters(event.properties()));
            UndoReport report = migration
                    .get()
                    .rollBack(event.properties(), DeploySource.of(event), target(event), parameters, deadline);
            boolean mayBeElsewhere = TargetChange.isIn(event.properties(), event.oldProperties());
            return mayBeElsewhere && report.changesets() == 0 && report.reason().isEmpty() ? ELSEWHERE : report;
        } catch (RuntimeException | Error e) {
            LOG.error("The rollback of the database failed", e);
            return new UndoReport(
                    0,
                    "It is not known whether something was rolled back: the function failed with %s. Its log shows where"
                            .formatted(e.getClass().getSimpleName()));
        }
    }

    private static Instant target(CustomResourceEvent event) {
        return event.stamp().orElseThrow();
    }

    @Override
    public Outcome delete(CustomResourceEvent event, Deadline deadline) {
        String words = MigrationRequest.dropsOnDelete(event.properties()) && event.hasOurPhysicalResourceId()
                ? migration
                        .get()
                        .dropAll(event.properties(), DeploySource.of(event).resource(), deadline)
                : "nothing was run";
        return new Outcome(noChangeset(), words, 0);
    }

    @Override
    public boolean isDeploy(CustomResourceEvent event, Deadline deadline) {
        return migration
                .get()
                .isDeploy(
                        event.properties(),
                        DeploySource.of(event).resource(),
                        target(event),
                        TargetChange.isIn(event.properties(), event.oldProperties()),
                        deadline);
    }

    @Override
    public boolean isStuck() {
        return migration.ifMade().filter(Migration::isStuck).isPresent();
    }

    // A Delete and a stack rollback execute no changeset.
    private static Attributes noChangeset() {
        return Attributes.whereNothingRan(MigrationAttribute.values());
    }
}
