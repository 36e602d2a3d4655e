package io.github.cdkliquibase.benchmark.changelog;

import io.github.cdkliquibase.benchmark.scenario.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A changelog folder: a root changelog that includes files of a hundred changesets. */
final class LiquibaseFolder {

    private static final int CHANGESETS_A_FILE = 100;
    private static final String ROOT = "db/changelog/db.changelog-master.";
    private static final String SCHEMA = """
            xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
            xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog \
            http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd"\
            """;

    private final Format format;
    private final ChangesetMix mix;

    LiquibaseFolder(Format format) {
        this.format = format;
        this.mix = ChangesetMix.of(format);
    }

    /** Name of the root changelog in the folder. */
    static String root(Format format) {
        return ROOT + format.rootExtension();
    }

    void write(Path folder, int changesets) throws IOException {
        Path root = folder.resolve(root(format));
        Path changes = Files.createDirectories(root.resolveSibling("changes"));
        List<String> names = new ArrayList<>();
        for (int first = 1; first <= changesets; first += CHANGESETS_A_FILE) {
            String name = String.format(Locale.ROOT, "%05d.%s", first, format.extension());
            int last = Math.min(first + CHANGESETS_A_FILE - 1, changesets);
            Files.writeString(
                    changes.resolve(name),
                    file(IntStream.rangeClosed(first, last)
                            .mapToObj(mix::changeset)
                            .collect(Collectors.joining())));
            names.add("changes/" + name);
        }
        Files.writeString(root, rootText(names));
    }

    private String file(String changesets) {
        return switch (format) {
            case SQL -> "--liquibase formatted sql\n\n" + changesets;
            case YAML -> "databaseChangeLog:\n" + changesets;
            case XML -> xml(changesets);
        };
    }

    private String rootText(List<String> names) {
        return switch (format) {
            case SQL, YAML ->
                names.stream()
                        .map("  - include: {file: %s, relativeToChangelogFile: true}\n"::formatted)
                        .collect(Collectors.joining("", "databaseChangeLog:\n", ""));
            case XML ->
                xml(names.stream()
                        .map("    <include file=\"%s\" relativeToChangelogFile=\"true\"/>\n"::formatted)
                        .collect(Collectors.joining()));
        };
    }

    private static String xml(String content) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<databaseChangeLog " + SCHEMA + ">\n" + content
                + "</databaseChangeLog>\n";
    }
}
