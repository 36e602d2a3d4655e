package io.github.cdkliquibase.lambda.digest;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;

/** A digest of the code that a class loader finds: the function's own and the jars of its layers. */
public final class CodeDigest {

    private static final String JAR = ".jar";

    private CodeDigest() {}

    /**
     * The digest of the places where a class loader finds classes. A folder, as the zip is unpacked into one, counts with the
     * names and the content of its files. A jar counts with the names, sizes and checksums of its content. The places
     * themselves do not count.
     *
     * @param own a class of the function. If its loader cannot name its places, only that of the class counts
     * @throws IOException if a place cannot be read
     */
    public static String of(Class<?> own) throws IOException {
        List<Path> places = new ArrayList<>();
        Path home = home(own);
        places.add(home);
        for (URL each : classPath(own)) {
            Path place = path(each);
            if (!place.startsWith(home) && Files.exists(place)) {
                places.add(place);
            }
        }
        PartsDigest digest = new PartsDigest();
        for (Path place : places) {
            add(place, digest);
        }
        return digest.hex();
    }

    private static List<URL> classPath(Class<?> own) {
        return own.getClassLoader() instanceof URLClassLoader loader ? List.of(loader.getURLs()) : List.of();
    }

    private static Path home(Class<?> own) throws IOException {
        CodeSource source = own.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new IOException("The place of class '%s' is not known".formatted(own.getName()));
        }
        return path(source.getLocation());
    }

    private static Path path(URL place) throws IOException {
        try {
            return Path.of(place.toURI());
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException("'%s' is no place of the file system".formatted(place), e);
        }
    }

    private static void add(Path place, PartsDigest digest) throws IOException {
        if (Files.isDirectory(place)) {
            FolderDigest.addCode(place, digest);
        } else if (place.toString().endsWith(JAR)) {
            JarIndex.add(place, digest);
        } else {
            digest.add(place);
        }
    }
}
