package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.changelog.Changelogs;
import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.util.Map;

/** Plain Liquibase of one version as a bare process. */
record PlainLiquibaseContestant(String name, JavaCommand command, BareProcess process) implements Contestant {

    @Override
    public String title() {
        return "Liquibase " + command.jars().version("liquibase-core");
    }

    @Override
    public boolean takes(Scenario scenario) {
        return scenario.access() == Access.PASSWORD;
    }

    @Override
    public boolean migrates() {
        return true;
    }

    @Override
    public Reading run(Task task) {
        return process.run(
                task.launcher(),
                command.with(
                        task.megabytes(),
                        task.changelogs()
                                .liquibase(task.format(), task.changesets())
                                .toString(),
                        Changelogs.root(task.format()),
                        task.target().jdbcUrl(),
                        task.target().user()),
                Map.of("PGPASSWORD", task.target().password()));
    }
}
