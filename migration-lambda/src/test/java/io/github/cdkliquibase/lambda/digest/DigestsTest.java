package io.github.cdkliquibase.lambda.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DigestsTest {

    @TempDir
    private Path folder = Path.of("");

    @Test
    void partsDoNotRunIntoEachOther() {
        assertThat(new PartsDigest().add("ab").add("c").hex())
                .isNotEqualTo(new PartsDigest().add("a").add("bc").hex())
                .isEqualTo(new PartsDigest().add("ab").add("c").hex())
                .hasSize(64);
    }

    @Test
    void aFolderIsItsNamesAndItsBytes() throws IOException {
        Path file =
                Files.writeString(Files.createDirectory(folder.resolve("db")).resolve("a.sql"), "select 1;");
        String before = FolderDigest.ofContent(folder);

        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        Files.createDirectory(folder.resolve("empty"));
        assertThat(FolderDigest.ofContent(folder)).isEqualTo(before);

        Files.writeString(file, "select 2;");
        String changed = FolderDigest.ofContent(folder);
        assertThat(changed).isNotEqualTo(before);

        Files.move(file, folder.resolve("db/b.sql"));
        assertThat(FolderDigest.ofContent(folder)).isNotEqualTo(changed);
    }

    @Test
    void aLinkThatLeadsAboveItselfIsRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("loop"), folder);

        assertThatThrownBy(() -> FolderDigest.ofContent(folder)).isInstanceOf(IOException.class);
    }

    @Test
    void aLinkThatLeadsOutOfTheFolderIsNotRead() throws IOException {
        Files.createSymbolicLink(folder.resolve("endless"), Path.of("/dev/zero"));
        String before = FolderDigest.ofContent(folder);

        Files.delete(folder.resolve("endless"));
        Files.createSymbolicLink(folder.resolve("endless"), Path.of("/dev/null"));

        assertThat(FolderDigest.ofContent(folder)).isNotEqualTo(before);
    }

    @Test
    void aJarOfALayerIsItsContent() throws Exception {
        Path layer = folder.resolve("layer.jar");
        String without = code(layer);
        write(layer, "one");
        String one = code(layer);
        write(layer, "two");

        assertThat(code(layer)).isNotEqualTo(one).isNotEqualTo(without);
        write(layer, "one");
        assertThat(code(layer)).isEqualTo(one);
        Path moved = Files.move(layer, folder.resolve("other.jar"));
        assertThat(code(moved)).isEqualTo(one);
    }

    @Test
    void aLibraryOfTheSameNameAndSizeIsAnotherOneIfItsContentIs() throws IOException {
        Path library = Files.createDirectory(folder.resolve("lib")).resolve("library-1.0.jar");
        write(library, "one");
        long size = Files.size(library);
        String one = codeOfFolder();
        write(library, "two");

        assertThat(Files.size(library)).isEqualTo(size);
        assertThat(codeOfFolder()).isNotEqualTo(one);
        write(library, "one");
        assertThat(codeOfFolder()).isEqualTo(one);
    }

    // Bytes ahead of a jar shift its content, and a file may only be named like a jar.
    @Test
    void aFileWithoutAnIndexOfTheUsualKindCountsWithItsContent() throws IOException {
        Path file = folder.resolve("a.jar");
        write(file, "one");
        byte[] jar = Files.readAllBytes(file);
        String usual = codeOfFolder();

        for (String ahead : List.of("x", "y")) {
            Files.write(file, ahead.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            String named = codeOfFolder();
            Files.write(file, jar, StandardOpenOption.APPEND);
            String shifted = codeOfFolder();

            assertThat(shifted).isNotEqualTo(usual).isNotEqualTo(named);
            jar[40] ^= 1;
            Files.write(file, ahead.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            Files.write(file, jar, StandardOpenOption.APPEND);
            assertThat(codeOfFolder()).isNotEqualTo(shifted);
        }
    }

    private String codeOfFolder() throws IOException {
        PartsDigest digest = new PartsDigest();
        FolderDigest.addCode(folder, digest);
        return digest.hex();
    }

    // The digest of a class that a loader of its own has loaded, as Lambda loads the function, with a layer behind it.
    private static String code(Path layer) throws Exception {
        URL home = PartsDigest.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {home, layer.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            return CodeDigest.of(loader.loadClass(PartsDigest.class.getName()));
        }
    }

    private static void write(Path jar, String content) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            ZipEntry entry = new ZipEntry("a.txt");
            entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
            zip.putNextEntry(entry);
            zip.write(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }
}
