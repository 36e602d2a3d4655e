package io.github.cdkliquibase.lambda.request;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The properties that one kind of custom resource knows, in the order of their declaration. */
final class PropertySet {

    private final Map<String, Property<?>> properties = new LinkedHashMap<>();

    /** A set with no property yet. */
    PropertySet() {}

    /** A set that begins with the properties of another. */
    PropertySet(PropertySet other) {
        properties.putAll(other.properties);
    }

    /**
     * Makes a property known.
     *
     * @return the same property
     */
    <T> Property<T> declare(Property<T> property) {
        if (properties.putIfAbsent(property.name(), property) != null) {
            throw new IllegalStateException("Property '%s' is declared twice".formatted(property.name()));
        }
        return property;
    }

    Collection<Property<?>> all() {
        return Collections.unmodifiableCollection(properties.values());
    }

    Set<String> names() {
        return Collections.unmodifiableSet(properties.keySet());
    }
}
