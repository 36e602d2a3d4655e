package io.github.cdkliquibase.lambda.cloudformation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of the function, as the build has written it into the artifact. */
public final class ProductVersion {

    private static final String RESOURCE = "version.txt";
    private static final String CURRENT = read();

    private ProductVersion() {}

    /** The version, such as {@code 1.2.0}. */
    public static String current() {
        return CURRENT;
    }

    private static String read() {
        try (InputStream version = ProductVersion.class.getResourceAsStream(RESOURCE)) {
            if (version == null) {
                throw new IllegalStateException("The file '" + RESOURCE + "' is missing in the artifact");
            }
            return new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("The file '" + RESOURCE + "' cannot be read", e);
        }
    }
}
