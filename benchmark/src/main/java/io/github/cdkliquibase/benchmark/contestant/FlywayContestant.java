package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Format;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.util.Map;

/** Flyway as a bare process, with one migration for each changeset. */
record FlywayContestant(String name, JavaCommand command, BareProcess process) implements Contestant {

    @Override
    public String title() {
        return "Flyway " + command.jars().version("flyway-core");
    }

    @Override
    public boolean takes(Scenario scenario) {
        return scenario.format() == Format.SQL && scenario.access() == Access.PASSWORD;
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
                        task.changelogs().flyway(task.changesets()).toString(),
                        task.target().jdbcUrl(),
                        task.target().user()),
                Map.of("PGPASSWORD", task.target().password()));
    }
}
