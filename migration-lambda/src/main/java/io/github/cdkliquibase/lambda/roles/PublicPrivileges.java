package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs privileges that PostgreSQL grants to PUBLIC by default. Migrations may rely on them, so they are no fault of a
 * role.
 */
final class PublicPrivileges {

    private static final Logger LOG = LoggerFactory.getLogger(PublicPrivileges.class);

    private static final int MOST_NAMED = 5;

    /** Each row: a SECURITY DEFINER routine that a role may execute, or '' if PUBLIC may create temporary tables. */
    private static final String ROUTINES_AND_TEMPORARY =
            "SELECT DISTINCT format('%I.%I', n.nspname, p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, pg_roles r"
                    + " WHERE p.prosecdef AND n.nspname = ANY (?) AND r.rolname = ANY (?) AND has_function_privilege(r.oid, p.oid, 'EXECUTE')"
                    + " UNION ALL SELECT '' FROM pg_database d, LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
                    + " WHERE d.datname = current_database() AND a.grantee = 0 AND a.privilege_type = 'TEMPORARY' ORDER BY 1";

    private PublicPrivileges() {}

    /** Logs the privileges. It takes one round trip. */
    static void log(Sql sql, List<String> schemas, List<String> roles) throws SQLException {
        List<String> found = sql.list(ROUTINES_AND_TEMPORARY, row -> row.getString(1), schemas, roles);
        List<String> routines = found.stream().filter(each -> !each.isEmpty()).toList();
        if (!routines.isEmpty()) {
            logDefiners(routines);
        }
        if (routines.size() < found.size()) {
            LOG.atWarn()
                    .addKeyValue("event", "probe.temporary")
                    .log(
                            "Every role may create temporary tables in the database. If this is not intended, run 'REVOKE TEMPORARY ON DATABASE … FROM PUBLIC'");
        }
    }

    private static void logDefiners(List<String> routines) {
        LOG.atWarn()
                .addKeyValue("event", "probe.security.definer")
                .addKeyValue("count", routines.size())
                .log(
                        "The application or the read-only role may execute SECURITY DEFINER routines, which run with the rights of their owners: {}. If this is not intended, run 'REVOKE EXECUTE ON ROUTINE … FROM PUBLIC'",
                        Text.listed(routines, MOST_NAMED));
    }
}
