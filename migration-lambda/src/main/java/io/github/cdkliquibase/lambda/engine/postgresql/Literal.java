package io.github.cdkliquibase.lambda.engine.postgresql;

import java.util.List;
import java.util.stream.Collectors;

/** Values as text in a statement. Their meaning does not depend on {@code standard_conforming_strings}. */
final class Literal {

    private Literal() {}

    /** A text. */
    static String of(String value) {
        return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    /** An array of texts. */
    static String array(List<String> values) {
        return values.stream().map(Literal::of).collect(Collectors.joining(",", "ARRAY[", "]::pg_catalog.text[]"));
    }
}
