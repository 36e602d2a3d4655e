package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ApprovedReasonsTest {

    @Test
    void everyApprovedReasonIsUsedByATest() throws IOException {
        String tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.filter(file -> file.toString().endsWith(".java"))
                    .map(ApprovedReasonsTest::read)
                    .collect(Collectors.joining());
        }

        assertThat(ApprovedReasons.all().keySet())
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(tests).containsPattern("[\" ]" + Pattern.quote(entry) + "[\" ]"));
    }

    @Test
    void aReasonWithOtherWordsIsRefused() {
        assumeThat(Boolean.getBoolean("reasons.approve")).isFalse();
        String reason = "Could not acquire the changelog lock within 12 s: session 4711 of 'maven' from 127.0.0.1,"
                + " connected since 2026-11-20T19:00:00Z holds it."
                + " Wait until that run has ended, or end it with 'SELECT pg_terminate_backend(4711)', and deploy again";

        ApprovedReasons.approved("locks/heldByAnotherRun").accept(reason);

        assertThatThrownBy(() ->
                        ApprovedReasons.approved("locks/heldByAnotherRun").accept(reason.replace("(4711)", "(4712)")))
                .as("another session")
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("approved: Could not acquire", "actual:   Could not acquire", "(4712)");
        assertThatThrownBy(
                        () -> ApprovedReasons.approved("locks/heldByAnotherRun").accept(reason + "."))
                .as("more words")
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> ApprovedReasons.approved("locks/nothing").accept(reason))
                .as("no such entry")
                .isInstanceOf(AssertionError.class);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
