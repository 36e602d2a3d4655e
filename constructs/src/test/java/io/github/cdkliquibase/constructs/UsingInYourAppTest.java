package io.github.cdkliquibase.constructs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the guide shows is compiled code. */
final class UsingInYourAppTest {

    private static final Pattern IN_THE_GUIDE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMPILED = Pattern.compile("// begin: [a-z]+\n(.*?) *// end", Pattern.DOTALL);

    @Test
    void everyBlockOfTheGuideIsCompiledAndNoneIsLeftOut() throws IOException {
        List<String> guide = blocks(IN_THE_GUIDE, Path.of("../docs/using-in-your-app.md"));
        List<String> compiled =
                blocks(COMPILED, Path.of("src/test/java/io/github/cdkliquibase/constructs/ExistingApp.java"));

        assertThat(guide).isNotEmpty().containsExactlyInAnyOrderElementsOf(compiled);
    }

    // In the guide the code is not indented by the class around it, and stands in a stack.
    private static List<String> blocks(Pattern pattern, Path file) throws IOException {
        return pattern.matcher(Files.readString(file))
                .results()
                .map(block -> block.group(1)
                        .lines()
                        .map(String::strip)
                        .map(line -> line.equals("this,") ? "stack," : line.replace("(this,", "(stack,"))
                        .collect(Collectors.joining("\n")))
                .toList();
    }
}
