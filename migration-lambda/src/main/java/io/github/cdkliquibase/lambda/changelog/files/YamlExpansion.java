package io.github.cdkliquibase.lambda.changelog.files;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Refuses a YAML or JSON file whose aliases would expand beyond the memory. Liquibase expands all of them and cannot be
 * stopped then. It reads JSON with its YAML reader.
 */
final class YamlExpansion {

    /** A changelog of 20,000 changesets has less than half a million values. */
    private static final long MOST_VALUES = 20_000_000;

    private static final List<String> EXTENSIONS = List.of(".yaml", ".yml", ".json");

    private static final String MARK = "\uFEFF";

    private static final Pattern ALIAS = Pattern.compile("(?:^|[\\s\\[{,:?-])\\*[^\\s\\[\\]{},]", Pattern.MULTILINE);

    /** Nodes are compared by identity. */
    private final Map<Node, Long> sizes = new HashMap<>();

    private YamlExpansion() {}

    /**
     * Checks a file before Liquibase reads it. Accepts a file that is not YAML, or not text: Liquibase refuses it with
     * its own message.
     *
     * @throws IOException if the file expands too far, or cannot be read
     */
    static void refuse(Path file) throws IOException {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (EXTENSIONS.stream().noneMatch(name::endsWith)) {
            return;
        }
        String text = text(Files.readAllBytes(file));
        if (ALIAS.matcher(text).find() && isTooLarge(text)) {
            throw new IOException(
                    "its aliases expand it to more than %d million values".formatted(MOST_VALUES / 1_000_000));
        }
    }

    // Decodes as the YAML reader does: UTF-8, unless a byte order mark says otherwise.
    private static String text(byte[] bytes) {
        Charset charset = StandardCharsets.UTF_8;
        if (bytes.length > 1 && bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF) {
            charset = StandardCharsets.UTF_16BE;
        } else if (bytes.length > 1 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE) {
            charset = StandardCharsets.UTF_16LE;
        }
        String text = new String(bytes, charset);
        return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
    }

    private static boolean isTooLarge(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(Integer.MAX_VALUE);
        options.setCodePointLimit(Integer.MAX_VALUE);
        try {
            Node root = new Yaml(options).compose(new StringReader(text));
            return root != null && new YamlExpansion().size(root) > MOST_VALUES;
        } catch (YAMLException e) {
            return false;
        }
    }

    // A node that contains itself has no end.
    private long size(Node node) {
        Long known = sizes.putIfAbsent(node, Long.MAX_VALUE);
        if (known != null) {
            return known;
        }
        long size = 1;
        if (node instanceof SequenceNode sequence) {
            for (Node each : sequence.getValue()) {
                size = sum(size, size(each));
            }
        } else if (node instanceof MappingNode mapping) {
            for (NodeTuple each : mapping.getValue()) {
                size = sum(size, sum(size(each.getKeyNode()), size(each.getValueNode())));
            }
        }
        sizes.put(node, size);
        return size;
    }

    private static long sum(long one, long other) {
        return one > MOST_VALUES || other > MOST_VALUES ? Long.MAX_VALUE : one + other;
    }
}
