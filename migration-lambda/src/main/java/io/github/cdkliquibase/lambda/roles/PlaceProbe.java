package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Probes the effective privileges of a role on the database and the schemas. */
final class PlaceProbe {

    private static final String DATABASE_PRIVILEGES =
            "SELECT has_database_privilege(r.oid, current_database(), 'CONNECT'), has_database_privilege(r.oid, current_database(), 'CREATE')"
                    + " FROM pg_roles r WHERE r.rolname = ?";

    /** Each row: a schema, and whether the role can create in it. Otherwise the role lacks USAGE on it. */
    private static final String FAULTS_OF_SCHEMAS =
            "SELECT n.nspname, false FROM pg_namespace n, pg_roles r WHERE n.nspname = ANY (?) AND r.rolname = ?"
                    + " AND NOT has_schema_privilege(r.oid, n.oid, 'USAGE')"
                    + " UNION ALL SELECT n.nspname, true FROM pg_namespace n, pg_roles r WHERE n.nspname = ANY (?) AND r.rolname = ?"
                    + " AND has_schema_privilege(r.oid, n.oid, 'CREATE') ORDER BY 2, 1";

    private final Sql sql;
    private final List<String> schemas;

    PlaceProbe(Sql sql, List<String> schemas) {
        this.sql = sql;
        this.schemas = schemas;
    }

    /** The faults of a role, in words. */
    List<String> faults(String role) throws SQLException {
        List<String> faults = new ArrayList<>(ofDatabase(role));
        faults.addAll(ofSchemas(role));
        return faults;
    }

    private List<String> ofDatabase(String role) throws SQLException {
        List<Boolean> privileges = sql.list(
                        DATABASE_PRIVILEGES, row -> List.of(row.getBoolean(1), row.getBoolean(2)), role)
                .get(0);
        List<String> faults = new ArrayList<>();
        if (!privileges.get(0)) {
            faults.add("Role %s lacks CONNECT on the database".formatted(Text.quote(role)));
        }
        if (privileges.get(1)) {
            faults.add("Role %s can create schemas in the database".formatted(Text.quote(role)));
        }
        return faults;
    }

    private List<String> ofSchemas(String role) throws SQLException {
        return sql.list(
                FAULTS_OF_SCHEMAS,
                row -> (row.getBoolean(2)
                                ? "Role %s can create tables in schema %s"
                                : "Role %s lacks USAGE on schema %s")
                        .formatted(Text.quote(role), Text.quote(row.getString(1))),
                schemas,
                role,
                schemas,
                role);
    }
}
