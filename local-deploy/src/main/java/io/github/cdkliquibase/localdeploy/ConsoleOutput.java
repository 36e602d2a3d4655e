package io.github.cdkliquibase.localdeploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.database.ExistingDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase.Table;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a person sees. Plain text; lines are written from the main thread and from the one that reads the log. */
final class ConsoleOutput {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintWriter out;
    private final boolean verbose;
    /** A changeset that has started and whose line has no end yet. */
    private boolean open;
    /** Set on Ctrl-C: suppresses further output. */
    private boolean silent;

    private List<Table> shown = List.of();

    ConsoleOutput(PrintWriter out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    synchronized void stage(Deployment deployment, TargetDatabase database, Duration took) {
        boolean existing = database instanceof ExistingDatabase;
        line("Artifact   " + deployment.artifact());
        line("Changelog  " + deployment.changelog());
        line("Database   %s, %s, TLS %s"
                .formatted(existing ? "existing" : "embedded", database.jdbcUrl(), database.sslMode()));
        line("Handler    " + deployment.protocol().handler());
        line("Ready in " + words(took));
    }

    synchronized void event(RequestType event) {
        line("");
        line(event.word());
    }

    /** Takes a line that the function wrote: progress is shown, the rest only if asked for. */
    synchronized void functionLine(String line) {
        if (silent) {
            return;
        }
        JsonNode entry = parsed(line);
        switch (entry.path("event").asText()) {
            case "changeset.started" -> {
                endLine();
                out.print("  " + progress(entry));
                out.flush();
                open = true;
            }
            case "changeset.finished" -> end(entry, suffix(entry.path("result").asText("EXECUTED")));
            case "changeset.failed" -> end(entry, "  FAILED");
            case "changeset.retry", "database.retry", "lock.waiting" -> {
                endLine();
                line("  waiting: " + entry.path("message").asText());
            }
            default -> {
                if (verbose) {
                    line("  | " + line);
                }
            }
        }
    }

    private static String suffix(String result) {
        return result.equals("EXECUTED") ? "" : "  " + result;
    }

    private static JsonNode parsed(String line) {
        try {
            return line.startsWith("{") ? JSON.readTree(line) : JSON.nullNode();
        } catch (JsonProcessingException e) {
            return JSON.nullNode();
        }
    }

    private static String progress(JsonNode entry) {
        return "%d of %d  %s"
                .formatted(
                        entry.path("index").asInt(),
                        entry.path("total").asInt(),
                        entry.path("changeset").asText());
    }

    private void end(JsonNode entry, String suffix) {
        String duration = words(Duration.ofMillis(entry.path("durationMillis").asLong())) + suffix;
        out.println(open ? "   " + duration : "  " + progress(entry) + "   " + duration);
        out.flush();
        open = false;
    }

    /** The JVM is told to end while a deploy runs. */
    synchronized void interrupted() {
        line("Interrupted");
        silent = true;
    }

    synchronized void answer(Answer answer, Duration took, boolean cold) {
        line("  %s in %s %s"
                .formatted(
                        answer.status(),
                        words(took),
                        cold ? "from the start of the process to the answer (cold)" : "(warm)"));
        if (!answer.succeeded()) {
            line("  Reason: " + answer.reason());
            return;
        }
        Map<String, String> values = new TreeMap<>(answer.data());
        values.put("PhysicalResourceId", answer.physicalResourceId());
        values.values().removeIf(String::isEmpty);
        int width = values.keySet().stream().mapToInt(String::length).max().orElse(0);
        values.forEach((name, value) -> line("    " + padded(name, width) + "  " + value));
        if (values.containsKey("TotalChangesets") && "0".equals(values.get("AppliedChangesets"))) {
            line("  Nothing was left to apply");
        }
    }

    synchronized void tables(List<Table> tables) {
        if (tables.equals(shown)) {
            line(tables.isEmpty() ? "  No tables" : "  Tables as before");
            return;
        }
        shown = List.copyOf(tables);
        line("  Tables");
        List<String> names = tables.stream()
                .map(table -> table.schema() + "." + table.name())
                .toList();
        int width = names.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < tables.size(); i++) {
            line("    " + padded(names.get(i), width) + "  "
                    + rows(tables.get(i).rows()));
        }
    }

    private static String rows(long rows) {
        if (rows > Table.COUNTED) {
            return "more than " + Table.COUNTED + " rows";
        }
        return rows == 1 ? "1 row" : rows + " rows";
    }

    synchronized void note(String text) {
        line("  " + text);
    }

    private void line(String text) {
        if (silent) {
            return;
        }
        endLine();
        out.println(text);
        out.flush();
    }

    private void endLine() {
        if (open) {
            out.println();
            open = false;
        }
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    private static String words(Duration duration) {
        return duration.toMillis() < 1000
                ? duration.toMillis() + " ms"
                : String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }
}
