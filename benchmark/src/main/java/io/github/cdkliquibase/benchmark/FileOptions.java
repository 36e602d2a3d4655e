package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name files and folders. */
final class FileOptions {

    @Option(
            names = "--artifact",
            paramLabel = "ZIP",
            description = "The function's zip. Default: the one that this build has made.")
    @Nullable private Path artifact;

    @Option(
            names = "--before",
            paramLabel = "ZIP",
            description = "An earlier zip of the function, to run in turns with the zip.")
    @Nullable private Path before;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Folder for samples, tables and plots. Default: docs/performance-data, and the parts of docs/performance.md are renewed.")
    @Nullable private Path output;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "A page with the markers of docs/performance.md, whose parts are renewed.")
    @Nullable private Path page;

    Path artifact(Path project) {
        return existing(
                "--artifact",
                Objects.requireNonNullElse(artifact, project.resolve("migration-lambda/target/migration-lambda.zip")));
    }

    Optional<Path> before() {
        return Optional.ofNullable(before).map(zip -> existing("--before", zip));
    }

    Report report(Path project) {
        if (output != null) {
            return new Report(output, Optional.ofNullable(page));
        }
        return new Report(
                project.resolve("docs/performance-data"),
                Optional.of(Objects.requireNonNullElse(page, project.resolve("docs/performance.md"))));
    }

    private static Path existing(String option, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("Option '%s' must be a file, got '%s'".formatted(option, file));
        }
        return file;
    }
}
