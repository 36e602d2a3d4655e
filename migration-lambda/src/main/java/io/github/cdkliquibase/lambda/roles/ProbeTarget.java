package io.github.cdkliquibase.lambda.roles;

/**
 * A table, view or sequence.
 *
 * @param history whether it holds or shows the history of the migrations
 */
record ProbeTarget(long oid, String object, String kind, String owner, boolean history) {

    boolean isSequence() {
        return kind.equals("S");
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
