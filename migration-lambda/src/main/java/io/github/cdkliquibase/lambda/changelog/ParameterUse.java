package io.github.cdkliquibase.lambda.changelog;

import java.util.Collection;
import java.util.Objects;
import java.util.stream.Stream;
import liquibase.change.core.SQLFileChange;
import liquibase.changelog.ChangeSet;
import liquibase.serializer.LiquibaseSerializable;
import org.jspecify.annotations.Nullable;

/** Finds the references to parameters in changesets. */
final class ParameterUse {

    private ParameterUse() {}

    /**
     * Reads the files of the change {@code sqlFile}. Liquibase reads them when it executes them, and learns only then which
     * parameters they use.
     */
    static void fillInFiles(ChangeSet changeSet) {
        changeSet.getChanges().forEach(ParameterUse::sqlOfFile);
    }

    private static String sqlOfFile(Object part) {
        return part instanceof SQLFileChange file ? Objects.toString(file.getSql(), "") : "";
    }

    /**
     * Whether a part of the changelog contains a text. The search reads SQL files too, and skips rollback blocks.
     *
     * @param text the reference
     */
    static boolean mentions(LiquibaseSerializable part, String text) {
        if (sqlOfFile(part).contains(text)) {
            return true;
        }
        return part.getSerializableFields().stream()
                .filter(field -> !field.equals("rollback"))
                .anyMatch(field -> mentions(part.getSerializableFieldValue(field), text));
    }

    private static boolean mentions(@Nullable Object value, String text) {
        return switch (value) {
            case null -> false;
            case LiquibaseSerializable part -> mentions(part, text);
            case Collection<?> all -> all.stream().anyMatch(each -> mentions(each, text));
            case Object[] all -> Stream.of(all).anyMatch(each -> mentions(each, text));
            default -> value.toString().contains(text);
        };
    }
}
