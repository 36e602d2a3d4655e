package io.github.cdkliquibase.constructs.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which resource of a template waits for which, as CloudFormation sees it: by DependsOn and by reference. */
public final class DependencyGraph {

    private static final Pattern SUBSTITUTED = Pattern.compile("\\$\\{([A-Za-z0-9]+)[.}]");

    private final Map<String, Set<String>> awaited = new LinkedHashMap<>();

    /** The graph of one template. */
    public static DependencyGraph of(JsonNode template) {
        DependencyGraph graph = new DependencyGraph();
        JsonNode resources = template.path("Resources");
        resources.propertyStream().forEach(resource -> {
            Set<String> references = new TreeSet<>();
            collect(resource.getValue(), references);
            references.removeIf(name -> !resources.has(name));
            graph.awaited.put(resource.getKey(), references);
        });
        return graph;
    }

    /** Everything that has to stand before this resource. */
    public Set<String> awaitedBy(String id) {
        Set<String> all = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(awaited.getOrDefault(id, Set.of()));
        while (!next.isEmpty()) {
            String each = next.pop();
            if (all.add(each)) {
                next.addAll(awaited.getOrDefault(each, Set.of()));
            }
        }
        return all;
    }

    /** Resources that wait for themselves, in the end; empty if CloudFormation can find an order. */
    public List<String> circle() {
        return awaited.keySet().stream()
                .filter(id -> awaitedBy(id).contains(id))
                .toList();
    }

    private static void collect(JsonNode node, Set<String> names) {
        if (node.isArray()) {
            node.forEach(each -> collect(each, names));
            return;
        }
        node.propertyStream().forEach(property -> {
            JsonNode value = property.getValue();
            switch (property.getKey()) {
                case "Ref" -> names.add(value.asText());
                case "Fn::GetAtt" -> names.add(value.path(0).asText());
                case "DependsOn" -> {
                    if (value.isTextual()) {
                        names.add(value.asText());
                    }
                    value.forEach(each -> names.add(each.asText()));
                }
                case "Fn::Sub" -> {
                    Matcher matcher = SUBSTITUTED.matcher(value.toString());
                    while (matcher.find()) {
                        names.add(matcher.group(1));
                    }
                }
                default -> collect(value, names);
            }
        });
    }
}
