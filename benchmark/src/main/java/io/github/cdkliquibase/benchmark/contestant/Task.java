package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.changelog.Changelogs;
import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Format;
import java.util.List;

/**
 * The work of one run.
 *
 * @param changesets how many changesets its changelog has
 * @param megabytes memory of the function; the heap gets 85 % of it
 * @param launcher words in front of the command that starts the process, which limit it; empty for none
 */
public record Task(
        Target target,
        Changelogs changelogs,
        Format format,
        int changesets,
        Access access,
        int megabytes,
        List<String> launcher) {

    public Task {
        launcher = List.copyOf(launcher);
    }
}
