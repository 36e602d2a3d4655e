package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds tables that call code of roles that this project does not manage. */
final class CalledCode {

    private static final Logger LOG = LoggerFactory.getLogger(CalledCode.class);

    private static final int MOST_NAMED = 5;
    private static final int LONGEST_PART = 200;

    /** The roles that may have written code, except for some roles, and for superusers, who can do anything already. */
    private static final String OTHER_ROLES =
            "SELECT r.rolname FROM pg_roles r WHERE NOT r.rolsuper AND r.rolname <> ALL (?) ORDER BY 1";

    private static final String CALLED = CodeParts.PARTS + """
            SELECT DISTINCT format('%s, which calls %s %s', p.what, lower(o.kind), o.name), o.writer
            FROM part p JOIN relation r ON r.oid = p.relation AND r.writer IS NULL
              JOIN pg_depend d ON d.classid = p.class AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass JOIN routine o ON o.oid = d.refobjid
            ORDER BY 1
            """;

    private final Sql sql;

    CalledCode(Sql sql) {
        this.sql = sql;
    }

    /**
     * Logs the tables that call code of any other role. It takes two round trips.
     *
     * @param known roles whose code is checked elsewhere, or may do anything here
     */
    void log(List<String> schemas, List<String> known) throws SQLException {
        List<String> others = sql.list(OTHER_ROLES, row -> row.getString(1), known);
        List<String> called = sql.list(
                CALLED,
                row -> "%s of %s".formatted(Text.cut(row.getString(1), LONGEST_PART), Text.quote(row.getString(2))),
                others,
                List.of(),
                List.of(),
                schemas);
        if (!called.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("event", "code.of.another")
                    .addKeyValue("count", called.size())
                    .log(
                            "Tables call code of other roles. It runs with the rights of the role that uses the table: {}. Review it, and drop the objects that call it if it must not run with these rights",
                            Text.listed(called, MOST_NAMED));
        }
    }
}
