package io.github.cdkliquibase.lambda.engine.postgresql;

import java.util.List;

/** The names of columns, taken from their definitions. */
final class ColumnNames {

    private ColumnNames() {}

    /**
     * The names in the order of the definitions.
     *
     * @param definitions each begins with the name and a space
     */
    static List<String> of(List<String> definitions) {
        return definitions.stream()
                .map(definition -> definition.substring(0, definition.indexOf(' ')))
                .toList();
    }
}
