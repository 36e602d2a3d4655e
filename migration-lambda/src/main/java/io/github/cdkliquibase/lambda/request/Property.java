package io.github.cdkliquibase.lambda.request;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A property of a custom resource, declared once for everything that reads it or names it.
 *
 * @param <T> of its value
 * @param name in a template
 * @param type what it may hold
 * @param whenLeftOut its value where a template leaves it out; null if it must be there
 * @param onDelete whether a Delete that reaches the database reads it
 */
record Property<T>(
        String name, PropertyType<T> type, @Nullable T whenLeftOut, ReadOnDelete onDelete) {

    /** Whether a Delete reads a property. What a Create was refused for must not keep a stack from being deleted. */
    enum ReadOnDelete {
        /** It has its default then. */
        NO,
        /** A value that is not allowed counts as left out. */
        IF_ALLOWED,
        /** A value that is not allowed means that no deploy can have had these properties. */
        YES
    }

    /** A property that a template may leave out. */
    static <T> Property<Optional<T>> optional(String name, PropertyType<T> type, ReadOnDelete onDelete) {
        return new Property<>(name, (full, value) -> Optional.of(type.read(full, value)), Optional.empty(), onDelete);
    }

    /** A property that has a value also where a template leaves it out. */
    static <T> Property<T> withDefault(String name, PropertyType<T> type, T whenLeftOut, ReadOnDelete onDelete) {
        return new Property<>(name, type, whenLeftOut, onDelete);
    }

    /** A property that a template must have. */
    static <T> Property<T> required(String name, PropertyType<T> type, ReadOnDelete onDelete) {
        return new Property<>(name, type, null, onDelete);
    }
}
