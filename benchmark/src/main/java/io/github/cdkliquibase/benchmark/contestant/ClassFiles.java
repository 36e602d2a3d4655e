package io.github.cdkliquibase.benchmark.contestant;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Classes of the package {@code process} for a process of its own, which gets these and no others. They are named and not
 * loaded here, since their libraries are on the class path of their process only.
 *
 * @param names simple names; the classes have no nested ones
 */
record ClassFiles(List<String> names) {

    private static final String PACKAGE = "io.github.cdkliquibase.benchmark.process.";

    ClassFiles(String... names) {
        this(List.of(names));
    }

    /** The full name of a class. */
    static String fullName(String name) {
        return PACKAGE + name;
    }

    /** Copies them to a folder for a class path. */
    Path copyTo(Path folder) {
        try {
            for (String each : names) {
                Path target = folder.resolve(file(each));
                Files.createDirectories(target.resolveSibling("."));
                Files.write(target, bytes(each));
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("Classes could not be copied", e);
        }
    }

    /** Packs them as Lambda wants them: classes at the root, jars below {@code lib/}. */
    Path zipTo(Path file, Jars jars) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String each : names) {
                zip.putNextEntry(new ZipEntry(file(each)));
                zip.write(bytes(each));
            }
            for (Path jar : jars.files()) {
                zip.putNextEntry(new ZipEntry("lib/" + jar.getFileName()));
                Files.copy(jar, zip);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("Zip '" + file + "' could not be written", e);
        }
    }

    private static String file(String name) {
        return fullName(name).replace('.', '/') + ".class";
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream content = ClassFiles.class.getClassLoader().getResourceAsStream(file(name))) {
            return Objects.requireNonNull(content, name).readAllBytes();
        }
    }
}
