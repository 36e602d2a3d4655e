package io.github.cdkliquibase.lambda.cloudformation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The values of all attributes of an answer. Each declared attribute has one: CloudFormation fails a stack whose template reads
 * an attribute that is not there.
 */
public final class Attributes {

    private final Map<String, String> values;

    private Attributes(Map<String, String> values) {
        this.values = values;
    }

    /** The attributes of a kind of resource, with the values that they have where nothing was run. */
    public static Attributes whereNothingRan(Attribute... declared) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Attribute attribute : declared) {
            values.put(attribute.key(), attribute.whenNothingRan());
        }
        return new Attributes(values);
    }

    /**
     * The same attributes, one of them with another value.
     *
     * @throws IllegalArgumentException if the attribute is not one of them
     */
    public Attributes with(Attribute attribute, Object value) {
        if (!values.containsKey(attribute.key())) {
            throw new IllegalArgumentException("Attribute '%s' is not declared".formatted(attribute.key()));
        }
        Map<String, String> changed = new LinkedHashMap<>(values);
        changed.put(attribute.key(), String.valueOf(value));
        return new Attributes(changed);
    }

    /** These attributes and others. */
    Attributes and(Attributes others) {
        Map<String, String> both = new LinkedHashMap<>(values);
        both.putAll(others.values);
        return new Attributes(both);
    }

    /** Each attribute's value by its name, in the order of their declaration. */
    Map<String, String> asData() {
        return Collections.unmodifiableMap(values);
    }
}
