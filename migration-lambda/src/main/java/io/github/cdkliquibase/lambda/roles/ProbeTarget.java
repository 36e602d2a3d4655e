package io.github.cdkliquibase.lambda.roles;

import org.jspecify.annotations.Nullable;

/** A table, view or sequence. */
record ProbeTarget(
        long oid,
        String schema,
        String object,
        String name,
        String kind,
        @Nullable String firstColumn,
        String owner) {

    boolean isSequence() {
        return kind.equals("S");
    }

    // Rows go into a view or a foreign table only if something behind it takes them.
    boolean isTable() {
        return kind.equals("r") || kind.equals("p");
    }

    String shown() {
        return switch (kind) {
                    case "S" -> "sequence ";
                    case "v" -> "view ";
                    case "m" -> "materialized view ";
                    case "f" -> "foreign table ";
                    default -> "table ";
                }
                + object;
    }
}
