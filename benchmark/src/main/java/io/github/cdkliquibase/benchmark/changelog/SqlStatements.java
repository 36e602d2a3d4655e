package io.github.cdkliquibase.benchmark.changelog;

import io.github.cdkliquibase.benchmark.scenario.Format;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The changesets as bare SQL, for contestants that do not read changelogs. */
final class SqlStatements {

    private static final String END = ";\n";

    private final ChangesetMix mix = ChangesetMix.of(Format.SQL);

    /** The statements of a changeset, without the character that ends them. */
    List<String> of(int number) {
        String changeset = mix.changeset(number);
        String body = changeset.substring(changeset.indexOf('\n') + 1).strip() + "\n";
        return Arrays.asList(body.split(END));
    }

    /** The statements of a changeset as they are written in a file. */
    String file(int number) {
        return String.join(END, of(number)) + END;
    }

    /** How many tables and views the first changesets create. */
    int relations(int changesets) {
        return (int) IntStream.rangeClosed(1, changesets)
                .mapToObj(this::of)
                .flatMap(List::stream)
                .filter(statement -> statement.startsWith("create table") || statement.startsWith("create view"))
                .count();
    }
}
