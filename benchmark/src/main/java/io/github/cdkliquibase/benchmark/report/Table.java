package io.github.cdkliquibase.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table of texts.
 *
 * @param head heads of the columns; the first column holds the heads of the rows
 * @param rows each with as many texts as there are columns; an empty text is a value that there is not
 */
record Table(List<String> head, List<List<String>> rows) {

    private static final String NONE = "–";

    Table {
        head = List.copyOf(head);
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** The same without the rows and columns that have no value. */
    Table withoutEmpty() {
        List<List<String>> kept = rows.stream()
                .filter(row -> row.subList(1, row.size()).stream().anyMatch(text -> !text.isEmpty()))
                .toList();
        List<Integer> columns = new ArrayList<>(List.of(0));
        IntStream.range(1, head.size())
                .filter(column -> kept.stream().anyMatch(row -> !row.get(column).isEmpty()))
                .forEach(columns::add);
        return new Table(
                columns.stream().map(head::get).toList(),
                kept.stream()
                        .map(row -> columns.stream().map(row::get).toList())
                        .toList());
    }

    /** The table in Markdown. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(line(head));
        text.append(line(IntStream.range(0, head.size())
                .mapToObj(column -> column == 0 ? "---" : "---:")
                .toList()));
        rows.forEach(row -> text.append(line(row)));
        return text.toString();
    }

    private static String line(List<String> texts) {
        return texts.stream()
                .map(text -> text.isEmpty() ? NONE : text)
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
