package io.github.cdkliquibase.constructs.migration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.services.lambda.AssetCode;
import software.amazon.awscdk.services.lambda.Code;

/** The zip of the function: as a resource in the jar of this library, so that an app needs no path to it. */
final class FunctionArchive {

    private static final String RESOURCE = "migration-lambda.zip";

    private FunctionArchive() {}

    /**
     * The code of the function.
     *
     * @param given a zip of the caller's; null for the one that comes with the library
     */
    static AssetCode code(@Nullable Path given) {
        return Code.fromAsset((given == null ? Unpacked.ZIP : existing(given)).toString());
    }

    /**
     * What a function does, with the version of the product; that of a zip of the caller's is not known.
     *
     * @param given as in {@link #code}
     */
    static String description(String whatItDoes, @Nullable Path given) {
        return given == null ? "%s (cdk-liquibase %s)".formatted(whatItDoes, version()) : whatItDoes;
    }

    private static String version() {
        try (InputStream version = FunctionArchive.class.getResourceAsStream("version.txt")) {
            if (version == null) {
                throw new IllegalStateException("The file 'version.txt' is missing in this build of the library");
            }
            return new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("The version of the library cannot be read", e);
        }
    }

    private static Path existing(Path zip) {
        if (!Files.isRegularFile(zip)) {
            throw new IllegalArgumentException(
                    "'functionArchive' must be a zip file, got '%s'".formatted(zip.toAbsolutePath()));
        }
        return zip;
    }

    /** CDK takes assets from files only, so the zip is unpacked from the jar, once for each JVM. */
    private static final class Unpacked {

        private static final Path ZIP = unpack();

        private static Path unpack() {
            try (InputStream zip = FunctionArchive.class.getResourceAsStream(RESOURCE)) {
                if (zip == null) {
                    throw new IllegalStateException(
                            "The zip of the function is missing in this build of the library, as after a build of the module 'constructs' alone. Build all modules, at the root of the project: 'mvn -q install -DskipTests -DskipITs'");
                }
                Path folder = Files.createTempDirectory("cdk-liquibase");
                Path file = folder.resolve(RESOURCE);
                // In the opposite order: the folder goes when it is empty.
                folder.toFile().deleteOnExit();
                file.toFile().deleteOnExit();
                Files.copy(zip, file);
                return file;
            } catch (IOException e) {
                throw new UncheckedIOException("The zip of the function cannot be unpacked", e);
            }
        }
    }
}
