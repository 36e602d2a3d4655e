package io.github.cdkliquibase.localdeploy.differential;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A changelog that was drawn by chance.
 *
 * @param format how its file is written
 * @param changesets in their order
 */
record DrawnChangelog(Format format, List<DrawnChangeset> changesets) {

    /** How a changelog is written. */
    enum Format {
        SQL("sql"),
        YAML("yaml"),
        XML("xml");

        private final String extension;

        Format(String extension) {
            this.extension = extension;
        }
    }

    DrawnChangelog {
        changesets = List.copyOf(changesets);
    }

    /** Its root changelog, relative to the folder. */
    String file() {
        return "db/drawn." + format.extension;
    }

    String text() {
        return switch (format) {
            case SQL ->
                "--liquibase formatted sql\n"
                        + changesets.stream().map(DrawnChangeset::sql).collect(Collectors.joining("\n"));
            case YAML ->
                "databaseChangeLog:\n"
                        + changesets.stream().map(DrawnChangeset::yaml).collect(Collectors.joining());
            case XML ->
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                  xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
                """
                        + changesets.stream().map(DrawnChangeset::xml).collect(Collectors.joining())
                        + "</databaseChangeLog>\n";
        };
    }

    /** Ids of those that Liquibase may execute more than once, so that how often and in which place differs. */
    Set<String> reran() {
        return changesets.stream()
                .filter(DrawnChangeset::isReran)
                .map(DrawnChangeset::id)
                .collect(Collectors.toSet());
    }

    /** Ids of those that look whether their work is done. */
    Set<String> looking() {
        return changesets.stream()
                .filter(each -> !each.precondition().isEmpty())
                .map(DrawnChangeset::id)
                .collect(Collectors.toSet());
    }

    /** Whether doing the changeset of this name twice leaves the same as doing it once. */
    boolean isRepeatable(String name) {
        return changesets.stream().anyMatch(each -> name.contains("::" + each.id() + "::") && each.repeatable());
    }
}
