package io.github.cdkliquibase.benchmark.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The most memory that a process has had so far: the high-water mark of its resident set, which Linux keeps. */
public final class PeakMemory {

    private static final String MARK = "VmHWM:";

    private PeakMemory() {}

    /** The mark in KiB; empty if the process has ended. */
    public static OptionalLong ofProcess(long id) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(id), "status"))) {
            return lines.filter(line -> line.startsWith(MARK))
                    .mapToLong(line -> Long.parseLong(
                            line.substring(MARK.length()).replace("kB", "").strip()))
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            // The file vanishes with the process, also while it is read.
            return OptionalLong.empty();
        }
    }
}
