package io.github.cdkliquibase.infra.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a synth has written, read at once: a later synth into the same folder leaves it as it is, since assets are named
 * by their content.
 *
 * @param templates the template of each stack
 * @param assets the file or folder behind each {@code S3Key}, as the CDK CLI would find it
 */
record CloudAssembly(List<Template> templates, Map<String, Path> assets) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static CloudAssembly read(Path folder) {
        Map<String, Path> assets = new HashMap<>();
        files(folder, ".assets.json")
                .values()
                .forEach(manifest -> manifest.path("files")
                        .forEach(asset -> asset.path("destinations")
                                .forEach(destination -> assets.put(
                                        destination.path("objectKey").asText(),
                                        folder.resolve(asset.path("source")
                                                .path("path")
                                                .asText())))));
        List<Template> templates = files(folder, ".template.json").entrySet().stream()
                .map(template -> new Template(template.getKey(), template.getValue()))
                .toList();
        return new CloudAssembly(templates, assets);
    }

    private static Map<String, JsonNode> files(Path folder, String ending) {
        Map<String, JsonNode> files = new HashMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file :
                    all.filter(each -> each.toString().endsWith(ending)).toList()) {
                files.put(file.getFileName().toString().replace(ending, ""), JSON.readTree(file.toFile()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /** The one resource of this type in all stacks. */
    Template.Resource only(String type) {
        List<Template.Resource> found = templates.stream()
                .flatMap(Template::resources)
                .filter(resource -> resource.type().equals(type))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException("There must be one resource of the type '%s', got %s"
                    .formatted(type, found.stream().map(Template.Resource::name).toList()));
        }
        return found.getFirst();
    }

    /** The resource that has this name, made of its stack's and its logical id. */
    Template.Resource named(String name) {
        return templates.stream()
                .flatMap(Template::resources)
                .filter(resource -> resource.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No stack has a resource '%s'".formatted(name)));
    }

    /** The file or folder that is uploaded as the content of a function or of a layer. */
    Path asset(JsonNode location) {
        String key = location.path("S3Key").asText();
        Path asset = assets.get(key);
        if (asset == null) {
            throw new IllegalStateException("No asset of the app becomes '%s'".formatted(key));
        }
        return asset;
    }
}
