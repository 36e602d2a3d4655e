package io.github.cdkliquibase.infra.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts in what a template refers to, as CloudFormation does before it uses a value. Every number and every boolean comes
 * out as a text. What is not known here fails: nothing is guessed.
 */
final class References {

    private static final Map<String, String> PSEUDO_PARAMETERS = Map.of(
            "AWS::AccountId",
            LambdaFunction.ACCOUNT,
            "AWS::Region",
            LambdaFunction.REGION,
            "AWS::Partition",
            "aws",
            "AWS::URLSuffix",
            "amazonaws.com");
    private static final Pattern PLACE = Pattern.compile("\\$\\{([^}]+)}");

    private final CloudAssembly assembly;
    private final Attributes attributes;

    /** What the resources are once they are made. */
    interface Attributes {

        /**
         * Gives what {@code Ref} or {@code Fn::GetAtt} does.
         *
         * @param attribute the attribute's name, or {@code Ref}
         * @param references resolves properties of the resource itself
         */
        String of(Template.Resource resource, String attribute, References references);
    }

    References(CloudAssembly assembly, Attributes attributes) {
        this.assembly = assembly;
        this.attributes = attributes;
    }

    /** All properties of a resource. */
    Map<String, Object> properties(Template.Resource resource) {
        Map<String, Object> properties = new HashMap<>();
        resource.json()
                .path("Properties")
                .propertyStream()
                .forEach(
                        property -> properties.put(property.getKey(), value(resource.template(), property.getValue())));
        return properties;
    }

    /** One property, which must be a single value. */
    String text(Template.Resource resource, String property) {
        return text(resource.template(), resource.property(property));
    }

    /** A value of a template, which must be a single one. */
    String text(Template template, JsonNode value) {
        if (value(template, value) instanceof String text) {
            return text;
        }
        throw new IllegalStateException("'%s' must be a single value".formatted(value));
    }

    // A text, or a list or a map of values.
    private Object value(Template template, JsonNode value) {
        if (value.isArray()) {
            return value.valueStream().map(each -> value(template, each)).toList();
        }
        if (value.isObject()) {
            String first = value.size() == 1 ? value.fieldNames().next() : "";
            return first.equals("Ref") || first.startsWith("Fn::")
                    ? call(template, first, value.path(first))
                    : value.propertyStream()
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey, property -> value(template, property.getValue())));
        }
        if (value.asText().contains("{{resolve:")) {
            throw new IllegalStateException(
                    "'%s' would stand in the event with what it stands for".formatted(value.asText()));
        }
        return value.asText();
    }

    private String call(Template template, String function, JsonNode argument) {
        return switch (function) {
            case "Ref" -> referred(template, argument.asText());
            case "Fn::GetAtt" ->
                attribute(template, argument.path(0).asText(), argument.path(1).asText());
            case "Fn::Join" -> joined(template, argument.path(0).asText(), argument.path(1));
            case "Fn::Sub" -> substituted(template, argument);
            case "Fn::ImportValue" -> imported(text(template, argument));
            default -> throw new IllegalStateException("'%s' is not known to this test".formatted(function));
        };
    }

    private String referred(Template template, String name) {
        String parameter = name.equals("AWS::StackName") ? template.stack() : PSEUDO_PARAMETERS.get(name);
        return parameter != null ? parameter : attribute(template, name, "Ref");
    }

    private String attribute(Template template, String id, String attribute) {
        return attributes.of(template.resource(id), attribute, this);
    }

    private String joined(Template template, String delimiter, JsonNode parts) {
        List<String> texts =
                parts.valueStream().map(part -> text(template, part)).toList();
        return String.join(delimiter, texts);
    }

    private String substituted(Template template, JsonNode argument) {
        JsonNode own = argument.isArray() ? argument.path(1) : argument.path("none");
        String text = argument.isArray() ? argument.path(0).asText() : argument.asText();
        return PLACE.matcher(text).replaceAll(place -> {
            String name = place.group(1);
            int dot = name.indexOf('.');
            if (own.has(name)) {
                return text(template, own.path(name));
            }
            return dot < 0
                    ? referred(template, name)
                    : attribute(template, name.substring(0, dot), name.substring(dot + 1));
        });
    }

    private String imported(String name) {
        return assembly.templates().stream()
                .flatMap(template -> template.exported(name).map(value -> text(template, value)).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No stack exports '%s'".formatted(name)));
    }
}
