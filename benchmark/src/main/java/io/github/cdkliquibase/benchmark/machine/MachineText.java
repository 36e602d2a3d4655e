package io.github.cdkliquibase.benchmark.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A short description of this machine. */
public final class MachineText {

    private static final String MODEL = "model name";

    private MachineText() {}

    /** Processors, their model, and the memory. */
    public static String hardware() {
        return "%d processors (%s), %s of memory"
                .formatted(Runtime.getRuntime().availableProcessors(), model(), memory());
    }

    /** The operating system and the JVM that all contestants in Java have. */
    public static String software() {
        return "%s %s, %s %s"
                .formatted(
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.vm.name"),
                        System.getProperty("java.runtime.version"));
    }

    private static String model() {
        return value(Path.of("/proc/cpuinfo"), MODEL);
    }

    private static String memory() {
        String kibibytes = value(Path.of("/proc/meminfo"), "MemTotal").replace(" kB", "");
        return kibibytes.matches("\\d+")
                ? "%d GiB".formatted(Math.round(Long.parseLong(kibibytes) / 1024.0 / 1024.0))
                : kibibytes;
    }

    private static String value(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
