package io.github.cdkliquibase.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class PlanTest {

    @Command
    private static final class Nothing {}

    @Test
    void nothingSelectedIsKnown() {
        assertThat(selection().isEmpty()).isTrue();
    }

    @Test
    void everyCombinationOfWhatIsSelectedIsMeasured() {
        Plan plan = Plan.of(selection("--kinds=fresh,no-op", "--sizes=7", "--latencies=0,1", "--memory=whole,512"));

        assertThat(plan.scenarios())
                .extracting(Scenario::title)
                .containsExactly(
                        "fresh, 7, SQL",
                        "fresh, 7, SQL, 512 MB",
                        "fresh, 7, SQL, +1 ms",
                        "fresh, 7, SQL, +1 ms, 512 MB",
                        "no-op, 7 applied, SQL",
                        "no-op, 7 applied, SQL, 512 MB",
                        "no-op, 7 applied, SQL, +1 ms",
                        "no-op, 7 applied, SQL, +1 ms, 512 MB");
    }

    @Test
    void aTokenIsNeverDelayed() {
        Plan plan = Plan.of(selection("--kinds=no-op", "--sizes=7", "--latencies=0,1", "--access=password,token"));

        assertThat(plan.scenarios())
                .filteredOn(scenario -> scenario.access() == Access.TOKEN)
                .extracting(Scenario::addedMillis)
                .containsExactly(0);
    }

    @Test
    void scenariosWithTheSameChangelogAreMeasuredTogether() {
        assertThat(Plan.standard().byChangelog().keySet())
                .extracting(Object::toString)
                .doesNotHaveDuplicates()
                .hasSize(3);
    }

    private static Selection selection(String... arguments) {
        Selection selection = new Selection();
        new CommandLine(new Nothing()).addMixin("selection", selection).parseArgs(arguments);
        return selection;
    }
}
