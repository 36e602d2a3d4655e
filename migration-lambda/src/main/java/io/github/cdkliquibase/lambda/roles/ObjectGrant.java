package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.util.List;
import java.util.Set;

/**
 * A GRANT or REVOKE, which may be the same for several tables or sequences.
 *
 * @param verb what the statement begins with
 * @param sequences whether the objects are sequences; otherwise they are tables and views
 * @param history whether the objects hold the history of the migrations
 */
record ObjectGrant(
        String verb, Set<String> privileges, boolean sequences, RolePurpose purpose, String schema, boolean history) {

    /** The change of some objects, in one statement. */
    Change change(String role, List<String> objects, boolean isNoDrift) {
        boolean grant = verb.equals("GRANT");
        return new Change(
                grant ? "grant.added" : "grant.revoked",
                words(role, objects, grant),
                statement(role, objects, grant),
                purpose,
                schema,
                isNoDrift);
    }

    private String words(String role, List<String> objects, boolean grant) {
        String where = (sequences ? "sequence " : "table ")
                + objects.get(0)
                + (objects.size() == 1 ? "" : " and %d more".formatted(objects.size() - 1));
        return "%s%s on %s %s %s"
                .formatted(
                        verb.contains("OPTION") ? "the right to grant " : "",
                        String.join(", ", privileges),
                        where,
                        grant ? "to" : "from",
                        Text.quote(role));
    }

    private String statement(String role, List<String> objects, boolean grant) {
        return "%s %s ON %s %s %s %s"
                .formatted(
                        verb,
                        String.join(", ", privileges),
                        sequences ? "SEQUENCE" : "TABLE",
                        String.join(", ", objects),
                        grant ? "TO" : "FROM",
                        Sql.name(role));
    }
}
