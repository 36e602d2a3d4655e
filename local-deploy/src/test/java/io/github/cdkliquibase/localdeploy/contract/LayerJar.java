package io.github.cdkliquibase.localdeploy.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A jar as a user puts it into the layer of the function. */
public final class LayerJar {

    private LayerJar() {}

    /** A jar with these classes, which is deleted when the tests have ended. */
    public static Path of(Class<?>... types) {
        try {
            Path jar = Files.createTempFile("layer-", ".jar");
            jar.toFile().deleteOnExit();
            try (OutputStream file = Files.newOutputStream(jar);
                    ZipOutputStream zip = new ZipOutputStream(file)) {
                for (Class<?> type : types) {
                    String entry = type.getName().replace('.', '/') + ".class";
                    zip.putNextEntry(new ZipEntry(entry));
                    try (InputStream content = type.getClassLoader().getResourceAsStream(entry)) {
                        Objects.requireNonNull(content).transferTo(zip);
                    }
                }
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
