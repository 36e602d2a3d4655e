package io.github.cdkliquibase.benchmark.changelog;

import io.github.cdkliquibase.benchmark.scenario.Format;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The changelogs, each written when it is asked for the first time. */
public final class Changelogs {

    /** Name of the file in each changelog folder that holds the CA certificate to trust. */
    public static final String AUTHORITY = "ca.pem";

    private final Path folder;
    private final String authority;
    private final SqlStatements statements = new SqlStatements();
    private final Map<String, Path> written = new HashMap<>();

    @FunctionalInterface
    private interface Writer {
        void write(Path target) throws IOException;
    }

    /**
     * Changelogs in a folder that is there.
     *
     * @param folder where they are written
     * @param authority PEM of the CA certificate that each changelog folder holds
     */
    public Changelogs(Path folder, String authority) {
        this.folder = folder;
        this.authority = authority;
    }

    /** The changelog folder with so many changesets in a format. */
    public Path liquibase(Format format, int changesets) {
        return written("liquibase-%s-%d".formatted(format, changesets), target -> {
            new LiquibaseFolder(format).write(target, changesets);
            Files.writeString(target.resolve(AUTHORITY), authority);
        });
    }

    /** Name of the root changelog in a changelog folder. */
    public static String root(Format format) {
        return LiquibaseFolder.root(format);
    }

    /** A folder with one migration of Flyway for each changeset. */
    public Path flyway(int changesets) {
        return written("flyway-%d".formatted(changesets), target -> {
            Files.createDirectories(target);
            for (int number = 1; number <= changesets; number++) {
                String name = String.format(Locale.ROOT, "V%05d__change.sql", number);
                Files.writeString(target.resolve(name), statements.file(number));
            }
        });
    }

    /** A script for {@code psql}. */
    public Path psql(PsqlStyle style, int changesets) {
        return written("psql-%s-%d.sql".formatted(style, changesets), target -> {
            try (BufferedWriter script = Files.newBufferedWriter(target)) {
                script.write(style.beginning());
                for (int number = 1; number <= changesets; number++) {
                    script.write(style.changeset(number, statements.of(number)));
                }
            }
        });
    }

    /** How many tables and views the first changesets create. */
    public int relations(int changesets) {
        return statements.relations(changesets);
    }

    private Path written(String name, Writer writer) {
        return written.computeIfAbsent(name, key -> {
            Path target = folder.resolve(key);
            try {
                writer.write(target);
            } catch (IOException e) {
                throw new UncheckedIOException("Changelog '" + key + "' could not be written", e);
            }
            return target;
        });
    }
}
