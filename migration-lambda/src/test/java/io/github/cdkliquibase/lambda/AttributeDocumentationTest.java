package io.github.cdkliquibase.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.lambda.cloudformation.Attribute;
import io.github.cdkliquibase.lambda.cloudformation.CommonAttribute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of attributes in the documents name those that are declared. */
final class AttributeDocumentationTest {

    private static final Pattern NAME = Pattern.compile("`(\\w+)`");

    @Test
    void everyAttributeIsDescribed() throws IOException {
        assertThat(described("custom-resource.md"))
                .containsExactlyInAnyOrderElementsOf(keys(MigrationAttribute.values()));
        assertThat(described("database-roles.md")).containsExactlyInAnyOrderElementsOf(keys(RolesAttribute.values()));
    }

    private static List<String> keys(Attribute... declared) {
        return Stream.concat(Stream.of(declared), Stream.of(CommonAttribute.values()))
                .map(Attribute::key)
                .toList();
    }

    private static List<String> described(String document) throws IOException {
        return Files.readString(Path.of("..", "docs", document))
                .lines()
                .dropWhile(line -> !line.startsWith("| attribute |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("\\|", -1)[1])
                .flatMap(cell -> NAME.matcher(cell).results())
                .map((MatchResult name) -> name.group(1))
                .toList();
    }
}
