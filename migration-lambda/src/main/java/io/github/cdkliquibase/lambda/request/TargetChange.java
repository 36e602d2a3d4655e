package io.github.cdkliquibase.lambda.request;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells whether an Update leads to another database, or to another schema of it. */
public final class TargetChange {

    /** The secret alone may name the database, and the search path of the user may select the schema of the history. */
    private static final List<Property<?>> PLACE = List.of(
            SharedProperties.SECRET_ARN,
            SharedProperties.IAM_USERNAME,
            SharedProperties.HOST,
            SharedProperties.PORT,
            SharedProperties.DATABASE_NAME,
            MigrationProperties.DEFAULT_SCHEMA,
            MigrationProperties.LIQUIBASE_SCHEMA,
            MigrationProperties.HISTORY_TABLE);

    private TargetChange() {}

    /**
     * Whether a property has changed that decides, or may decide, where the history is.
     *
     * @param properties of the event
     * @param oldProperties that the event replaces
     */
    public static boolean isIn(@Nullable Object properties, @Nullable Object oldProperties) {
        return properties instanceof Map<?, ?> now
                && oldProperties instanceof Map<?, ?> before
                && PLACE.stream()
                        .map(Property::name)
                        .anyMatch(name -> !Objects.equals(now.get(name), before.get(name)));
    }
}
