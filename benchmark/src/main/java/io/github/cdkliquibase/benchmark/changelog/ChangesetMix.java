package io.github.cdkliquibase.benchmark.changelog;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cdkliquibase.benchmark.scenario.Format;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The changesets in one format. A table is created, filled and altered in ten of them with fourteen statements; then the
 * next table is.
 */
final class ChangesetMix {

    private final List<String> templates;

    private ChangesetMix(List<String> templates) {
        this.templates = templates;
    }

    static ChangesetMix of(Format format) {
        String beginning = switch (format) {
            case SQL -> "--changeset ";
            case YAML -> "  - changeSet:";
            case XML -> "    <changeSet ";
        };
        return new ChangesetMix(
                Arrays.asList(resource("mix." + format.extension()).split("(?m)^(?=" + beginning + ")")));
    }

    private static String resource(String name) {
        try (InputStream content = ChangesetMix.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(content, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A changeset.
     *
     * @param number 1 for the first one
     */
    String changeset(int number) {
        String table = String.format(Locale.ROOT, "entity_%05d", (number - 1) / templates.size() + 1);
        return templates
                .get((number - 1) % templates.size())
                .replace("@number@", Integer.toString(number))
                .replace("@table@", table);
    }
}
