package io.github.cdkliquibase.constructs.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/** The properties of a custom resource as CloudFormation sends them: every scalar a text, a text for each reference. */
public final class Wire {

    private Wire() {}

    /** The properties as an event has them. */
    public static Map<String, Object> asSent(JsonNode properties) {
        Map<String, Object> sent = new LinkedHashMap<>();
        properties.propertyStream().forEach(property -> sent.put(property.getKey(), asSent(property)));
        return sent;
    }

    /** The attributes of its custom resource that a construct has a method for. */
    public static Set<String> attributes(Construct construct) {
        return Arrays.stream(construct.getClass().getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getParameterCount() == 0 && method.getReturnType() == String.class)
                .flatMap(method -> attribute(construct, method).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Optional<String> attribute(Construct construct, Method method) {
        try {
            return Stack.of(construct).resolve(method.invoke(construct)) instanceof Map<?, ?> token
                            && token.get("Fn::GetAtt") instanceof List<?> attribute
                    ? Optional.of(String.valueOf(attribute.get(1)))
                    : Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object asSent(Map.Entry<String, JsonNode> property) {
        JsonNode value = property.getValue();
        if (value.has("Ref") || value.has("Fn::GetAtt")) {
            return property.getKey().equals("Port") ? "5432" : "resolved";
        }
        if (value.isObject()) {
            return asSent(value);
        }
        if (value.isArray()) {
            return value.valueStream().map(JsonNode::asText).toList();
        }
        return value.asText();
    }
}
