package io.github.cdkliquibase.lambda.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of properties in the documents say what is declared. */
final class PropertyDocumentationTest {

    private static final Path DOCUMENTS = Path.of("..", "docs");

    /** CloudFormation's own, and those of which every word but the default is refused. The text behind the table names these. */
    private static final Set<String> NOT_IN_THE_TABLE = Set.of("ServiceToken", "ServiceTimeout", "Lint", "Waiter");

    /** What stands for a value that is left out, where that is decided elsewhere. */
    private static final Map<String, String> DECIDED_ELSEWHERE = Map.of(
            "Host", "from the secret; port 5432",
            "Port", "from the secret; port 5432",
            "DatabaseName", "from the secret; port 5432",
            "DefaultSchema", "the user's default",
            "LiquibaseSchema", "the user's default");

    @Test
    void everyPropertyOfTheMigrationIsDescribedWithItsDefault() throws IOException {
        Map<String, String> expected = defaults(MigrationProperties.ALL);
        expected.putAll(DECIDED_ELSEWHERE);
        expected.keySet().removeAll(NOT_IN_THE_TABLE);

        assertThat(table("custom-resource.md")).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void wordsThatAreRefusedAreNamedBehindTheTable() throws IOException {
        assertThat(text("custom-resource.md"))
                .contains("`Engine: dsql`, `Lint` (other than `OFF`) and `Waiter: \"true\"` are known");
        assertThat(List.of(
                        MigrationProperties.ENGINE.whenLeftOut(),
                        MigrationProperties.LINT.whenLeftOut(),
                        MigrationProperties.WAITER.whenLeftOut()))
                .isEqualTo(List.of(EngineName.POSTGRESQL, "OFF", "false"));
    }

    @Test
    void everyPropertyOfTheRolesIsDescribedWithItsDefault() throws IOException {
        Map<String, String> expected = defaults(RolesProperties.ALL);
        expected.keySet().removeAll(NOT_IN_THE_TABLE);
        SharedProperties.ALL.names().stream()
                .filter(expected::containsKey)
                .filter(name -> !name.equals("DeployedAt"))
                .forEach(name -> expected.put(name, "as with the migration"));

        assertThat(table("database-roles.md")).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static Map<String, String> defaults(PropertySet properties) {
        Map<String, String> defaults = new LinkedHashMap<>();
        properties.all().forEach(property -> defaults.put(property.name(), whenLeftOut(property)));
        return defaults;
    }

    private static String whenLeftOut(Property<?> property) {
        return switch (property.whenLeftOut()) {
            case null -> "required";
            case Optional<?> none -> "none";
            case String empty when empty.isEmpty() -> "none";
            case Map<?, ?> empty -> "none";
            case List<?> list ->
                list.stream().map(each -> "\"" + each + "\"").collect(Collectors.joining(", ", "[", "]"));
            case Object value
            when property.type() instanceof Words<?> words ->
                words.allowed().entrySet().stream()
                        .filter(word -> word.getValue().equals(value))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElseThrow();
            case Object value -> value.toString();
        };
    }

    /** The default of each property in the first table of a document. Of several names with several defaults each has its own. */
    private static Map<String, String> table(String document) throws IOException {
        Map<String, String> table = new LinkedHashMap<>();
        text(document)
                .lines()
                .dropWhile(line -> !line.startsWith("| property |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .forEach(line -> {
                    List<String> cells = cells(line);
                    List<String> names = split(cells.get(0));
                    List<String> defaults = split(cells.get(1));
                    for (int i = 0; i < names.size(); i++) {
                        table.put(names.get(i), defaults.get(defaults.size() == names.size() ? i : 0));
                    }
                });
        return table;
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("\\|", -1)).skip(1).map(String::strip).toList();
    }

    // In code, several stand with commas between them; a sentence is one.
    private static List<String> split(String cell) {
        return cell.startsWith("`")
                ? Stream.of(cell.split("`, `", -1))
                        .map(each -> each.replace("`", ""))
                        .toList()
                : List.of(cell);
    }

    private static String text(String document) throws IOException {
        return Files.readString(DOCUMENTS.resolve(document));
    }
}
