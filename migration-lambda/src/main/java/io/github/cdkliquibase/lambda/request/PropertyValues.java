package io.github.cdkliquibase.lambda.request;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** The properties of one event, which are read by their declarations. */
final class PropertyValues {

    /** Properties within a property. The name of each has that of the whole in front. */
    static final PropertyType<PropertyValues> GROUP = PropertyValues::within;

    private final String prefix;
    private final Map<String, Object> values;
    private final boolean isDelete;

    private PropertyValues(String prefix, Map<String, Object> values, boolean isDelete) {
        this.prefix = prefix;
        this.values = values;
        this.isDelete = isDelete;
    }

    /**
     * The properties of a Create or an Update.
     *
     * @throws MigrationException if they are no map
     */
    static PropertyValues of(@Nullable Object properties) {
        return of(properties, false);
    }

    /**
     * The properties of a Delete: those that a Delete does not read have their defaults.
     *
     * @throws MigrationException if they are no map
     */
    static PropertyValues ofDelete(@Nullable Object properties) {
        return of(properties, true);
    }

    private static PropertyValues of(@Nullable Object properties, boolean isDelete) {
        if (!(properties instanceof Map<?, ?> map)) {
            throw new MigrationException(
                    "ResourceProperties must be a map of properties, got " + ValueShape.of(properties));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (value != null) {
                values.put(String.valueOf(name), value);
            }
        });
        return new PropertyValues("", values, isDelete);
    }

    /** The properties within a property. In them nothing is the same as an empty text. */
    static PropertyValues within(String name, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new MigrationException("Property '%s' must be a map, got %s".formatted(name, ValueShape.of(value)));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((key, each) -> values.put(String.valueOf(key), each == null ? "" : each));
        return new PropertyValues(name + ".", values, false);
    }

    /**
     * Checks each property by itself: that it is known, is there if it must be, and has a value that is allowed.
     *
     * @throws MigrationException for the first one that is wrong
     */
    void check(PropertySet known) {
        refuseUnknown(known);
        known.all().forEach(this::get);
    }

    /**
     * Refuses properties that are not known.
     *
     * @throws MigrationException that names the first one and the nearest known name
     */
    void refuseUnknown(PropertySet properties) {
        Set<String> known = properties.names();
        values.keySet().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new MigrationException("Property %s is not known. Did you mean '%s'?"
                            .formatted(Text.quote(prefix + name), prefix + nearest(name, known)));
                });
    }

    private static String nearest(String name, Set<String> known) {
        String lower = name.substring(0, Math.min(name.length(), 64)).toLowerCase(Locale.ROOT);
        return known.stream()
                .min(Comparator.<String>comparingInt(each ->
                                LevenshteinDistance.getDefaultInstance().apply(each.toLowerCase(Locale.ROOT), lower))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    /**
     * Reads a property.
     *
     * @throws MigrationException if its value is not allowed, or it must be there and is not
     */
    <T> T get(Property<T> property) {
        if (!isDelete) {
            return read(property);
        }
        return switch (property.onDelete()) {
            case NO -> whenLeftOut(property);
            case YES -> read(property);
            case IF_ALLOWED -> {
                try {
                    yield read(property);
                } catch (MigrationException e) {
                    yield whenLeftOut(property);
                }
            }
        };
    }

    private <T> T read(Property<T> property) {
        Object value = values.get(property.name());
        return value == null ? whenLeftOut(property) : property.type().read(prefix + property.name(), value);
    }

    private <T> T whenLeftOut(Property<T> property) {
        if (property.whenLeftOut() == null) {
            throw new MigrationException("Property '%s' must be set".formatted(prefix + property.name()));
        }
        return Objects.requireNonNull(property.whenLeftOut());
    }
}
