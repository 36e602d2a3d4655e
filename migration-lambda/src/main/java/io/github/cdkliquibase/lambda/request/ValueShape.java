package io.github.cdkliquibase.lambda.request;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The shape of a property's value. */
final class ValueShape {

    private ValueShape() {}

    /** Whether it is one text. CloudFormation sends texts only; other senders of the same event may keep numbers and booleans. */
    static boolean isScalar(@Nullable Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean;
    }

    /** The shape of a value, for a message that must not quote it. */
    static String of(@Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case Map<?, ?> map -> "a map";
            case List<?> list -> "a list";
            default -> "a single value";
        };
    }
}
