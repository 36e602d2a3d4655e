package io.github.cdkliquibase.infra.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.Stream;

/** The template of one stack. */
record Template(String stack, JsonNode json) {

    /** One resource of it. */
    record Resource(Template template, String id, JsonNode json) {

        String type() {
            return json.path("Type").asText();
        }

        /** A property as it stands in the template; a missing node if it is not there. */
        JsonNode property(String property) {
            return json.path("Properties").path(property);
        }

        /** As CloudFormation names what it makes, without the random end. */
        String name() {
            return template.stack + "-" + id;
        }
    }

    Stream<Resource> resources() {
        return json.path("Resources")
                .propertyStream()
                .map(resource -> new Resource(this, resource.getKey(), resource.getValue()));
    }

    Resource resource(String id) {
        return resources()
                .filter(resource -> resource.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Stack '%s' has no resource '%s'".formatted(stack, id)));
    }

    /** The value, with its references, that the stack exports under this name. */
    Optional<JsonNode> exported(String name) {
        return json.path("Outputs")
                .valueStream()
                .filter(output -> output.path("Export").path("Name").asText().equals(name))
                .map(output -> output.path("Value"))
                .findFirst();
    }
}
