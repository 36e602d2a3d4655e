package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.changelog.PsqlStyle;
import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Format;
import io.github.cdkliquibase.benchmark.scenario.Kind;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code psql} with a script. It knows of no history, so it can only begin with an empty database. */
record PsqlContestant(String name, String title, PsqlStyle style, Path program, BareProcess process)
        implements Contestant {

    @Override
    public boolean takes(Scenario scenario) {
        return scenario.kind() == Kind.FRESH && scenario.format() == Format.SQL && scenario.access() == Access.PASSWORD;
    }

    @Override
    public boolean migrates() {
        return true;
    }

    @Override
    public Reading run(Task task) {
        Target target = task.target();
        return process.run(
                task.launcher(),
                List.of(
                        program.toString(),
                        "--no-psqlrc",
                        "--quiet",
                        "--set=ON_ERROR_STOP=1",
                        "--host=" + target.host(),
                        "--port=" + target.port(),
                        "--username=" + target.user(),
                        "--dbname=" + target.database(),
                        "--file=" + task.changelogs().psql(style, task.changesets())),
                Map.of("PGPASSWORD", target.password(), "PGSSLMODE", "disable", "PGGSSENCMODE", "disable"));
    }
}
