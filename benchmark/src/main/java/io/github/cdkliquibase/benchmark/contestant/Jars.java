package io.github.cdkliquibase.benchmark.contestant;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jars of a contestant.
 *
 * @param folder holds them and nothing else
 */
record Jars(Path folder) {

    Jars {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "Folder '%s' must hold the jars of a contestant, and is not there. The build puts it there with '-Pbenchmark'"
                            .formatted(folder));
        }
    }

    List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Folder '" + folder + "' could not be read", e);
        }
    }

    /** The version of the jar of an artifact. */
    String version(String artifact) {
        String beginning = artifact + "-";
        String end = ".jar";
        return files().stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith(beginning) && name.endsWith(end))
                .map(name -> name.substring(beginning.length(), name.length() - end.length()))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("Folder '%s' has no jar of '%s'".formatted(folder, artifact)));
    }
}
