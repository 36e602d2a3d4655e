package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.ChangelogText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import liquibase.serializer.LiquibaseSerializable;
import org.jspecify.annotations.Nullable;

/** The text of a part of a changelog, with the names of parameters instead of their values. */
final class PartText {

    private final ParameterValues parameters;
    private final StringBuilder text = new StringBuilder();

    PartText(ParameterValues parameters) {
        this.parameters = parameters;
    }

    /** The text of a part with all its fields but rollbacks; {@code null} has no text. */
    ChangelogText of(@Nullable Object part) {
        boolean isFilledIn = collect(part);
        return new ChangelogText(text.toString(), isFilledIn);
    }

    // Returns whether the part contains the value of a deploy's parameter.
    private boolean collect(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case LiquibaseSerializable part -> collect(fieldValues(part));
            case Map<?, ?> map -> collect(map.values());
            case Object[] all -> collect(Arrays.asList(all));
            case Collection<?> all -> {
                boolean isFilledIn = false;
                for (Object each : all) {
                    isFilledIn |= collect(each);
                }
                yield isFilledIn;
            }
            default -> {
                Optional<String> masked = parameters.masked(value.toString());
                text.append(masked.orElse(value.toString())).append('\n');
                yield masked.isPresent();
            }
        };
    }

    // Fields without a value are null.
    private static List<@Nullable Object> fieldValues(LiquibaseSerializable part) {
        List<@Nullable Object> values = new ArrayList<>();
        for (String field : part.getSerializableFields()) {
            if (!field.equals("rollback")) {
                values.add(part.getSerializableFieldValue(field));
            }
        }
        return values;
    }
}
