package io.github.cdkliquibase.constructs.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChangelogFingerprintTest {

    @TempDir
    private Path folder;

    @Test
    void sameFilesInAnotherFolderHaveTheSameFingerprint() throws IOException {
        assertThat(fingerprint("here", Map.of("root.sql", "1", "sub/a.sql", "2")))
                .isEqualTo(fingerprint("there", Map.of("sub/a.sql", "2", "root.sql", "1")))
                .matches("[0-9a-f]{64}");
    }

    @Test
    void changedByteChangesIt() throws IOException {
        assertThat(fingerprint("here", Map.of("root.sql", "1")))
                .isNotEqualTo(fingerprint("there", Map.of("root.sql", "2")));
    }

    @Test
    void renamedFileChangesIt() throws IOException {
        assertThat(fingerprint("here", Map.of("root.sql", "1", "a.sql", "2")))
                .isNotEqualTo(fingerprint("there", Map.of("root.sql", "1", "b.sql", "2")));
    }

    @Test
    void bytesThatMoveFromAContentToANameChangeIt() throws IOException {
        assertThat(fingerprint("here", Map.of("root.sql", "1", "root.sqlx", "2")))
                .isNotEqualTo(fingerprint("there", Map.of("root.sql", "1root.sqlx2")));
    }

    @Test
    void timesAndEmptyFoldersDoNotCount() throws IOException {
        String before = fingerprint("here", Map.of("root.sql", "1"));
        Files.createDirectory(folder.resolve("here/empty"));
        Files.setLastModifiedTime(folder.resolve("here/root.sql"), FileTime.from(Instant.EPOCH));

        assertThat(ChangelogFingerprint.of(new ChangelogFolder(folder.resolve("here"), "root.sql")))
                .isEqualTo(before);
    }

    private String fingerprint(String name, Map<String, String> files) throws IOException {
        Path here = folder.resolve(name);
        for (var file : files.entrySet()) {
            Path path = here.resolve(file.getKey());
            Files.createDirectories(path.resolveSibling("."));
            Files.writeString(path, file.getValue());
        }
        return ChangelogFingerprint.of(new ChangelogFolder(here, "root.sql"));
    }
}
