package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.MigrationReport;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import io.github.cdkliquibase.lambda.request.TargetChange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The custom resource that migrates a database: on Create and on Update the changelog is applied. */
public final class MigrationHandler extends CustomResourceHandler {

    private final Supplier<Migration> wiring;
    private @Nullable Migration migration;

    /** Called by Lambda. Does nothing that can fail: a function that does not start cannot answer. */
    public MigrationHandler() {
        this(new ResponseUrlClient(), Wiring::fromEnvironment);
    }

    MigrationHandler(ResponseUrlClient answers, Supplier<Migration> wiring) {
        super(answers);
        this.wiring = wiring;
    }

    private Migration migration() {
        if (migration == null) {
            migration = wiring.get();
        }
        return migration;
    }

    @Override
    Outcome apply(CustomResourceEvent event, Deadline deadline) {
        MigrationReport report = migration().update(event.properties(), event.resource(), deadline);
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

    @Override
    Outcome delete(CustomResourceEvent event, Deadline deadline) {
        if (MigrationRequest.dropsOnDelete(event.properties()) && event.hasOurPhysicalResourceId()) {
            String words = migration().dropAll(event.properties(), event.resource(), deadline);
            return new Outcome(nothingRan(event).attributes(), words, 0);
        }
        return nothingRan(event);
    }

    @Override
    boolean isStuck() {
        return migration != null && migration.isStuck();
    }

    @Override
    boolean isUntouched(CustomResourceEvent event, Deadline deadline) {
        return TargetChange.isIn(event.properties(), event.oldProperties())
                && migration().isUntouched(event.properties(), deadline);
    }

    @Override
    Outcome nothingRan(CustomResourceEvent event) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("AppliedChangesets", "0");
        data.put("TotalChangesets", "");
        data.put("LastChangeset", "");
        data.put("DeploymentId", "");
        data.put("RestorePoint", "");
        return new Outcome(data, "nothing was run", 0);
    }
}
