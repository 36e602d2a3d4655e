import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Copies jars so that their entries are stored and no longer deflated. The zip of a function then deflates each jar as one
 * stream, which finds what the classes of a jar have in common. See docs/decisions/0003-zip-with-lib.md. The build starts
 * this source file as it is.
 */
final class StoredJars {

    private StoredJars() {}

    /**
     * Copies the jars of a class path, each with its name, and with the names, the content and the order of its entries.
     *
     * @param arguments the folder of the copies, which loses other files; the time of all entries; the class path, whose
     *     folders are left out
     * @throws IOException if a jar cannot be copied, or has two entries of one name
     */
    public static void main(String... arguments) throws IOException {
        Path copies = Files.createDirectories(Path.of(arguments[0]));
        LocalDateTime time = LocalDateTime.ofInstant(Instant.parse(arguments[1]), ZoneOffset.UTC);
        empty(copies);
        for (String place : arguments[2].split(File.pathSeparator, -1)) {
            Path jar = Path.of(place);
            if (!Files.isDirectory(jar)) {
                copy(jar, copies.resolve(jar.getFileName()), time);
            }
        }
    }

    // An earlier build may have left jars of other versions.
    private static void empty(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private static void copy(Path jar, Path copy, LocalDateTime time) throws IOException {
        try (ZipInputStream from = new ZipInputStream(Files.newInputStream(jar));
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(copy, StandardOpenOption.CREATE_NEW))) {
            for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
                byte[] content = from.readAllBytes();
                to.putNextEntry(stored(entry.getName(), content, time));
                to.write(content);
            }
        }
    }

    private static ZipEntry stored(String name, byte[] content, LocalDateTime time) {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        entry.setTimeLocal(time);
        return entry;
    }
}
