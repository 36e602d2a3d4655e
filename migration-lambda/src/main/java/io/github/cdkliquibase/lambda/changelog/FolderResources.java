package io.github.cdkliquibase.lambda.changelog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.resource.PathResource;
import liquibase.resource.Resource;

/**
 * The files that Liquibase finds: those of the changelog folder and no others.
 *
 * <p>Liquibase's own accessor of a folder follows {@code ..}, absolute paths and symbolic links out of it. Here they may
 * be used as long as they end inside.
 */
final class FolderResources extends DirectoryResourceAccessor {

    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.*-]+:.*", Pattern.DOTALL);

    private final Path root;

    private FolderResources(Path root) throws IOException {
        super(root);
        this.root = root;
    }

    static FolderResources of(Path folder) throws IOException {
        return new FolderResources(folder.toRealPath());
    }

    @Override
    public List<Resource> getAll(String path) throws IOException {
        List<Resource> found = super.getAll(path);
        if (found.isEmpty()) {
            located(path);
        }
        return found;
    }

    // Starts at the place itself: a walk that begins outside would see whole file systems before it meets a file.
    @Override
    public List<Resource> search(String startPath, SearchOptions options) throws IOException {
        return super.search(root.relativize(located(startPath)).toString(), options);
    }

    // Called for each file that was found.
    @Override
    protected Resource createResource(Path file, String path) {
        return new Inside(path, requireInside(file, path));
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    private Path located(String path) {
        return requireInside(root.resolve(relative(path.replace('\\', '/'))), path);
    }

    private static String relative(String path) {
        return path.replaceFirst("^/+", "");
    }

    private Path requireInside(Path file, String written) {
        Path normal = file.normalize();
        boolean inside = Files.exists(normal)
                ? real(normal).startsWith(root)
                : normal.startsWith(root) && !URL.matcher(written).matches();
        if (!inside) {
            throw new OutsideFolderException(written);
        }
        return normal;
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file, or the name of one that does not exist. */
    private final class Inside extends PathResource {

        private final Path file;

        Inside(String path, Path file) {
            super(path, file);
            this.file = file;
        }

        @Override
        public Resource resolve(String other) {
            return new Inside(resolvePath(other), requireInside(file.resolve(relative(other)), other));
        }

        @Override
        public Resource resolveSibling(String other) {
            return new Inside(resolveSiblingPath(other), requireInside(file.resolveSibling(relative(other)), other));
        }
    }
}
