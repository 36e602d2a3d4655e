package io.github.cdkliquibase.lambda.changelog.files;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.resource.PathResource;
import liquibase.resource.Resource;

/**
 * Lets Liquibase find only the files of the changelog folder.
 *
 * <p>Liquibase's own accessor follows {@code ..}, absolute paths and symbolic links out of the folder. Here they are
 * allowed if they end inside the folder. Paths may begin with {@code classpath:}, as in Spring Boot's changelogs: the
 * folder stands for the class path.
 */
public final class FolderResources extends DirectoryResourceAccessor {

    private final Path root;
    private final FolderBoundary boundary;
    private final Set<String> opened = Collections.synchronizedSet(new LinkedHashSet<>());

    private FolderResources(Path root) throws IOException {
        super(root);
        this.root = root;
        this.boundary = new FolderBoundary(root);
    }

    /**
     * The files of a folder.
     *
     * @throws MigrationException if the folder cannot be read
     */
    public static FolderResources of(Path folder) {
        try {
            return new FolderResources(folder.toRealPath());
        } catch (IOException e) {
            throw new MigrationException(
                    "Changelog folder %s could not be read".formatted(Text.quote(folder.toString())), e);
        }
    }

    /** The paths of the files that were read so far, in the order of their first read. */
    public List<String> opened() {
        synchronized (opened) {
            return List.copyOf(opened);
        }
    }

    @Override
    public List<Resource> getAll(String path) throws IOException {
        Path file = boundary.located(path);
        List<Resource> found = new ArrayList<>();
        if (Files.exists(file)) {
            found.add(new Inside(FileNames.relative(root, file), file));
        }
        return found;
    }

    // Starts at the place itself: a walk from outside would visit whole file systems first.
    @Override
    public List<Resource> search(String startPath, SearchOptions options) throws IOException {
        Path start = boundary.located(startPath);
        if (!Files.exists(start)) {
            return List.of();
        }
        if (!Files.isDirectory(start)) {
            throw new IOException("'" + startPath + "' is a file, not a directory");
        }
        try (Stream<Path> files = Files.walk(start, options.getMaxDepth(), FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> Files.isRegularFile(file))
                    .filter(file -> file.getNameCount() - start.getNameCount() >= options.getMinDepth())
                    .map(file -> createResource(file, FileNames.relative(root, file.normalize())))
                    .filter(resource ->
                            !options.endsWithFilterIsSet() || endsWith(resource.getPath(), options.getEndsWithFilter()))
                    .collect(Collectors.toCollection(ArrayList::new));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
    }

    private static boolean endsWith(String path, String end) {
        return path.toLowerCase(Locale.ROOT).endsWith(end.toLowerCase(Locale.ROOT));
    }

    @Override
    protected Resource createResource(Path file, String path) {
        Path inside = boundary.requireInside(file, path);
        return new Inside(FileNames.relative(root, file.normalize()), inside);
    }

    @Override
    public void close() {
        // Has nothing to close.
    }

    /** A file, or the name of one that does not exist. */
    private final class Inside extends PathResource {

        private final Path file;

        Inside(String path, Path file) {
            super(path, file);
            this.file = file;
        }

        @Override
        public InputStream openInputStream() throws IOException {
            opened.add(getPath());
            YamlExpansion.refuse(file);
            return super.openInputStream();
        }

        @Override
        public Resource resolve(String other) {
            return new Inside(
                    resolvePath(other),
                    boundary.requireInside(FileNames.resolve(file, FolderBoundary.relative(other)), other));
        }

        @Override
        public Resource resolveSibling(String other) {
            return new Inside(
                    resolveSiblingPath(other),
                    boundary.requireInside(
                            FileNames.resolve(file.resolveSibling(""), FolderBoundary.relative(other)), other));
        }
    }
}
