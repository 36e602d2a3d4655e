package io.github.cdkliquibase.stage.function;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The native part of the runtime interface client. By itself the client unpacks it to one fixed file, over which
 * functions that start at the same time would stumble; here each has its own copy.
 */
final class NativeLibrary {

    private NativeLibrary() {}

    /** Fails if this machine cannot run the client, which AWS builds for Linux only. */
    static void requireLinux(String operatingSystem) {
        if (!operatingSystem.toLowerCase(Locale.ROOT).contains("linux")) {
            throw new IllegalStateException(
                    "The function needs Linux, and this is '%s': AWS's runtime interface client has a native library for Linux only. Run it in a Linux container or virtual machine, on Windows for example in WSL"
                            .formatted(operatingSystem));
        }
    }

    /** Unpacks the library for this machine to {@code target}. */
    static void unpack(Path runtimeClient, Path target) {
        String entryName = "jni/libaws-lambda-jni.%s-%s.so".formatted(libc(), architecture());
        try (Stream<Path> jars = Files.list(runtimeClient)) {
            for (Path jar : jars.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList()) {
                if (unpack(jar, entryName, target)) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Native library could not be unpacked from '" + runtimeClient + "'", e);
        }
        throw new IllegalStateException(
                "No jar in '%s' holds '%s', which this machine needs".formatted(runtimeClient, entryName));
    }

    private static boolean unpack(Path jar, String entryName, Path target) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(entryName);
            if (entry == null) {
                return false;
            }
            try (var content = zip.getInputStream(entry)) {
                Files.copy(content, target);
            }
            return true;
        }
    }

    private static String architecture() {
        String name = System.getProperty("os.arch", "");
        return switch (name) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64" -> "aarch_64";
            default ->
                throw new IllegalStateException(
                        "The function needs a machine of the architecture 'amd64' or 'aarch64', and this is '%s'"
                                .formatted(name));
        };
    }

    // The C library that this very process uses: Alpine's musl, or glibc.
    private static String libc() {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.anyMatch(line -> line.contains("/ld-musl-")) ? "linux_musl" : "linux";
        } catch (IOException e) {
            return "linux";
        }
    }
}
