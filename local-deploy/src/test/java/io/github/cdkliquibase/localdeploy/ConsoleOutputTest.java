package io.github.cdkliquibase.localdeploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.Answer.Status;
import io.github.cdkliquibase.stage.database.TargetDatabase.Table;
import io.github.cdkliquibase.stage.function.Invocation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleOutputTest {

    private static final Invocation INVOCATION = new Invocation.Success("{}", Duration.ofMillis(3));

    private final StringWriter text = new StringWriter();
    private final ConsoleOutput console = new ConsoleOutput(new PrintWriter(text, true), false);

    @Test
    void changesetIsOneLineThatStartsBeforeItEnds() {
        console.functionLine(progress("started", 3, ""));
        assertThat(text.toString()).isEqualTo("  3 of 9  a.sql::3::ann");

        console.functionLine(progress("finished", 3, ",\"durationMillis\":12"));
        assertThat(text.toString()).isEqualTo("  3 of 9  a.sql::3::ann   12 ms" + System.lineSeparator());
    }

    @Test
    void failedChangesetIsMarked() {
        console.functionLine(progress("started", 3, ""));
        console.functionLine(progress("failed", 3, ",\"durationMillis\":2345"));

        assertThat(text.toString()).contains("  3 of 9  a.sql::3::ann   2.35 s  FAILED");
    }

    @Test
    void changesetWithoutAnEndDoesNotSwallowTheNextLine() {
        console.functionLine(progress("started", 3, ""));
        console.answer(answer(Status.FAILED, "killed", Map.of()), Duration.ofSeconds(2), true);

        assertThat(text.toString().lines())
                .startsWith(
                        "  3 of 9  a.sql::3::ann",
                        "  FAILED in 2.00 s from the start of the process to the answer (cold)",
                        "  Reason: killed");
    }

    @Test
    void reasonIsTheLastLineOfAFailure() {
        console.answer(answer(Status.FAILED, "relation \"a\" does not exist", Map.of()), Duration.ofMillis(120), false);

        assertThat(text.toString().lines())
                .containsExactly("  FAILED in 120 ms (warm)", "  Reason: relation \"a\" does not exist");
    }

    @Test
    void otherLinesAreShownOnlyIfAskedFor() {
        console.functionLine("{\"event\":\"summary\"}");
        console.functionLine("{ not JSON");
        console.functionLine("plain");
        assertThat(text.toString()).isEmpty();

        new ConsoleOutput(new PrintWriter(text, true), true).functionLine("plain");
        assertThat(text.toString()).contains("  | plain");
    }

    @Test
    void runWithoutChangesSaysSo() {
        console.answer(
                answer(
                        Status.SUCCESS,
                        "",
                        Map.of("AppliedChangesets", "0", "TotalChangesets", "9", "RestorePoint", "")),
                Duration.ofMillis(120),
                false);

        assertThat(text.toString().lines())
                .containsExactly(
                        "  SUCCESS in 120 ms (warm)",
                        "    AppliedChangesets   0",
                        "    PhysicalResourceId  id",
                        "    TotalChangesets     9",
                        "  Nothing was left to apply");
    }

    @Test
    void tablesAreShownWhenTheyDiffer() {
        List<Table> tables = List.of(new Table("public", "a", 1), new Table("shop", "orders", 100_001));
        console.tables(tables);
        console.tables(tables);

        assertThat(text.toString().lines())
                .containsExactly(
                        "  Tables",
                        "    public.a     1 row",
                        "    shop.orders  more than 100000 rows",
                        "  Tables as before");
    }

    @Test
    void nothingIsShownAfterAnInterruption() {
        console.functionLine(progress("started", 3, ""));
        console.interrupted();
        console.functionLine(progress("finished", 3, ",\"durationMillis\":12"));
        console.answer(answer(Status.FAILED, "killed", Map.of()), Duration.ZERO, false);

        assertThat(text.toString().lines()).containsExactly("  3 of 9  a.sql::3::ann", "Interrupted");
    }

    private static Answer answer(Status status, String reason, Map<String, String> data) {
        return new Answer(status, reason, "id", data, false, INVOCATION);
    }

    private static String progress(String what, int index, String more) {
        return "{\"event\":\"changeset.%s\",\"changeset\":\"a.sql::3::ann\",\"index\":%d,\"total\":9%s}"
                .formatted(what, index, more);
    }
}
