package io.github.cdkliquibase.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.benchmark.contestant.Reading;
import io.github.cdkliquibase.benchmark.report.Results.Sample;
import io.github.cdkliquibase.benchmark.scenario.Format;
import io.github.cdkliquibase.benchmark.scenario.Kind;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ResultsTest {

    private static final Scenario SCENARIO = Scenario.plain(Kind.FRESH, 10, Format.SQL);

    private final Results results = new Results();

    @Test
    void aRatioIsOneOfTheSameRound() {
        run("one", 1, 1000);
        run("other", 1, 2000);
        run("other", 2, 1000);
        run("one", 2, 4000);
        run("one", 3, 9000);

        assertThat(results.ratios(SCENARIO, "one", "other")).containsExactly(0.5, 4.0);
    }

    @Test
    void theMedianIsTheValueInTheMiddle() {
        run("one", 1, 9000);
        run("one", 2, 1000);
        run("one", 3, 2000);
        run("even", 1, 1000);
        run("even", 2, 2000);

        assertThat(results.medianSeconds(SCENARIO, "one")).hasValue(2.0);
        assertThat(results.medianSeconds(SCENARIO, "even")).hasValue(1.5);
        assertThat(results.medianSeconds(SCENARIO, "none")).isEmpty();
    }

    @Test
    void aSampleIsALineOfValues() {
        run("one", 1, 1500);

        assertThat(Samples.of(results).lines())
                .containsExactly(
                        "kind,changesets,format,added_millis,memory,access,contestant,round,seconds,peak_kib",
                        "fresh,10,sql,0,whole,password,one,1,1.5000,7");
    }

    private void run(String contestant, int round, int millis) {
        results.add(new Sample(SCENARIO, contestant, round, new Reading(Duration.ofMillis(millis), 7)));
    }
}
