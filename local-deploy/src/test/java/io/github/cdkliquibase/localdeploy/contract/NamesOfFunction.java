package io.github.cdkliquibase.localdeploy.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A function for which the name {@link #HOST} is unknown at first, and then this machine; see {@link FileOfNames}. */
final class NamesOfFunction implements AutoCloseable {

    static final String HOST = "writer.test";

    private final ScratchFolder folder = ScratchFolder.create("names");

    /** A function with these settings. The JVM looks for resolvers of names among the jars of the runtime client. */
    FunctionSettings in(FunctionSettings settings) {
        try (Stream<Path> jars = Files.list(settings.runtimeClient())) {
            Path client = Files.createDirectories(folder.resolve("runtime-client"));
            for (Path jar : jars.toList()) {
                Files.createSymbolicLink(client.resolve(jar.getFileName()), jar.toAbsolutePath());
            }
            writeJar(client.resolve("names.jar"));
            return new FunctionSettings(
                            settings.name(),
                            settings.artifact(),
                            settings.handler(),
                            client,
                            settings.environment(),
                            settings.layerJars(),
                            settings.timeout(),
                            settings.memoryMegabytes(),
                            settings.log(),
                            settings.launcher())
                    .withVariable("NAMES", file().toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeJar(Path jar) throws IOException {
        String resolver = FileOfNames.class.getName();
        String file = resolver.replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out);
                InputStream content = FileOfNames.class.getClassLoader().getResourceAsStream(file)) {
            zip.putNextEntry(new ZipEntry(file));
            Objects.requireNonNull(content).transferTo(zip);
            zip.putNextEntry(new ZipEntry("META-INF/services/java.net.spi.InetAddressResolverProvider"));
            zip.write(resolver.getBytes(UTF_8));
        }
    }

    private Path file() {
        return folder.resolve("names");
    }

    /** From now on the name is this machine. */
    void makeKnown() {
        write("");
    }

    /** From now on no name server answers. */
    void makeUnanswered() {
        write("unanswered");
    }

    /** From now on no name server knows the name, as at first. */
    void makeUnknown() {
        try {
            Files.deleteIfExists(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String state) {
        try {
            Files.writeString(file(), state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}
