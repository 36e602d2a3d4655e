package io.github.cdkliquibase.constructs.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A template as CloudFormation would get it, and the assets beside it. */
public record SynthesisedStack(Path assembly, JsonNode template) {

    private static final String MIGRATION = "Custom::DatabaseMigration";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The template of this stack in an assembly. */
    public static SynthesisedStack of(Path assembly, String stackName) {
        try {
            return new SynthesisedStack(
                    assembly, JSON.readTree(Files.readString(assembly.resolve(stackName + ".template.json"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The logical ids of all resources of this type. */
    public List<String> idsOf(String type) {
        return idsOf(type, Map.of());
    }

    /** The one resource of this type. */
    public JsonNode only(String type) {
        return only(type, Map.of());
    }

    /** The one resource of this type that has these property values. */
    public JsonNode only(String type, Map<String, String> properties) {
        return resource(idOf(type, properties));
    }

    /** The logical id of the one resource of this type that has these property values. */
    public String idOf(String type, Map<String, String> properties) {
        List<String> ids = idsOf(type, properties);
        assertThat(ids).hasSize(1);
        return ids.getFirst();
    }

    /** A resource by its logical id. */
    public JsonNode resource(String id) {
        return template.path("Resources").path(id);
    }

    /** All resources of this type. */
    public List<JsonNode> all(String type) {
        return idsOf(type).stream().map(this::resource).toList();
    }

    /** A property of the one migration, as a text; empty if it is not there or no text. */
    public String migrationProperty(String name) {
        return only(MIGRATION).path("Properties").path(name).asText();
    }

    /** What has to stand before the one migration. */
    public Set<String> awaitedByTheMigration() {
        return DependencyGraph.of(template).awaitedBy(idOf(MIGRATION, Map.of()));
    }

    /** The statements of all policies of roles whose logical ids begin so. */
    public List<JsonNode> statements(String prefix) {
        return template.path("Resources")
                .propertyStream()
                .filter(resource -> resource.getKey().startsWith(prefix))
                .map(Map.Entry::getValue)
                .flatMap(resource -> switch (resource.path("Type").asText()) {
                    case "AWS::IAM::Policy" ->
                        Stream.of(resource.path("Properties").path("PolicyDocument"));
                    case "AWS::IAM::Role" ->
                        resource.path("Properties")
                                .path("Policies")
                                .valueStream()
                                .map(policy -> policy.path("PolicyDocument"));
                    default -> Stream.empty();
                })
                .flatMap(document -> document.path("Statement").valueStream())
                .toList();
    }

    /** The file of an asset that is a file. */
    public Path assetFile(JsonNode location) {
        return assembly.resolve("asset." + location.path("S3Key").asText());
    }

    /** The unpacked folder of an asset that is a folder. */
    public Path assetOf(JsonNode location) {
        return assembly.resolve("asset." + location.path("S3Key").asText().replace(".zip", ""));
    }

    private List<String> idsOf(String type, Map<String, String> properties) {
        return template.path("Resources")
                .propertyStream()
                .filter(resource -> resource.getValue().path("Type").asText().equals(type))
                .filter(resource -> properties.entrySet().stream()
                        .allMatch(property -> resource.getValue()
                                .path("Properties")
                                .path(property.getKey())
                                .asText()
                                .equals(property.getValue())))
                .map(Map.Entry::getKey)
                .toList();
    }
}
