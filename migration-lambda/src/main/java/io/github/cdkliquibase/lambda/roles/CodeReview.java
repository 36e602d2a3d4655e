package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds code that the application or the read-only role wrote, in the schemas and in functions that their objects call.
 *
 * <p>An object that the owner gets runs with the owner's rights from then on ({@code SECURITY DEFINER}, views), or when
 * the owner uses a table (triggers, defaults, checks). So the owner gets only tables, sequences and types of these two
 * roles, and only if they call no functions except harmless ones of the server.
 */
final class CodeReview {

    private static final Logger LOG = LoggerFactory.getLogger(CodeReview.class);

    private static final int MOST_LOGGED = 50;
    private static final int LONGEST_STATEMENT = 200;

    /**
     * Each row: the sort, the words for the piece, its author, the statement that drops it, and the statement that
     * changes its owner, without the new owner.
     */
    private static final String REFUSED = CodeParts.PARTS + """
            SELECT 1, format('%s %s', lower(o.kind), o.name), o.writer, format('DROP %s %s', o.kind, o.name), format('ALTER %s %s OWNER TO ', o.kind, o.name)
            FROM routine o WHERE o.pronamespace IN (SELECT oid FROM place)
            UNION ALL SELECT 2, format('%s %s', lower(r.kind), r.name), r.writer, format('DROP %s %s', r.kind, r.name), format('ALTER %s %s OWNER TO ', r.kind, r.name)
            FROM relation r WHERE r.writer IS NOT NULL AND r.kind <> 'TABLE'
            UNION ALL SELECT 3, p.what, coalesce(r.writer, t.writer), p.cure,
              format('ALTER %s %s OWNER TO ', coalesce(r.kind, t.kind), coalesce(r.name, t.name))
            FROM part p LEFT JOIN relation r ON r.oid = p.relation LEFT JOIN type t ON t.oid = p.type
            WHERE (t.oid IS NOT NULL OR r.writer IS NOT NULL AND r.kind = 'TABLE') AND (p.code
              OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = p.class AND d.objid = p.oid
                AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass))
              OR HARMFUL)
            UNION ALL SELECT 4, format('%s, which calls %s %s', p.what, lower(o.kind), o.name), o.writer, p.cure, format('ALTER %s %s OWNER TO ', o.kind, o.name)
            FROM part p JOIN relation r ON r.oid = p.relation AND r.writer IS NULL
              JOIN pg_depend d ON d.classid = p.class AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass JOIN routine o ON o.oid = d.refobjid
            UNION ALL SELECT 5, format('operator %I.%s', n.nspname, x.oprname), w.rolname,
              format('DROP OPERATOR %s', x.oid::regoperator), format('ALTER OPERATOR %s OWNER TO ', x.oid::regoperator)
            FROM pg_operator x JOIN place n ON n.oid = x.oprnamespace JOIN writer w ON w.oid = x.oprowner
            UNION ALL SELECT 6, format('cast from %s to %s', x.castsource::regtype, x.casttarget::regtype), o.writer,
              format('DROP CAST (%s AS %s)', x.castsource::regtype, x.casttarget::regtype), format('ALTER %s %s OWNER TO ', o.kind, o.name)
            FROM pg_cast x JOIN routine o ON o.oid = x.castfunc
            UNION ALL SELECT 7, format('event trigger %I', x.evtname), coalesce(w.rolname, o.writer),
              format('DROP EVENT TRIGGER %I', x.evtname), format('ALTER EVENT TRIGGER %I OWNER TO ', x.evtname)
            FROM pg_event_trigger x LEFT JOIN writer w ON w.oid = x.evtowner LEFT JOIN routine o ON o.oid = x.evtfoid
            WHERE w.oid IS NOT NULL OR o.oid IS NOT NULL
            ORDER BY 1, 2
            """.replace("HARMFUL", CodeParts.HARMFUL);

    private final Sql sql;

    CodeReview(Sql sql) {
        this.sql = sql;
    }

    private record Piece(String what, String writer, String drop, String handOver) {}

    /**
     * Refuses code that would run with the rights of the owner. It takes one round trip.
     *
     * @param writers the roles whose code is refused
     * @param handedOver the objects that the owner got in this transaction, with their former owners. They count as
     *     objects of the former owner, which could add code until they were locked
     * @param owner the role with whose rights the code would run
     * @param reader the role that may own the code after a review: the owner, or the administrator if there is no owner
     *     yet
     * @throws MigrationException if there is such code; the message names the first piece, its author and the next
     *     step, and counts the others, which are logged
     */
    void refuse(List<String> schemas, List<String> writers, Map<String, String> handedOver, String owner, String reader)
            throws SQLException {
        List<Piece> pieces = sql.list(
                REFUSED,
                row -> new Piece(row.getString(2), row.getString(3), row.getString(4), row.getString(5)),
                writers,
                handedOver.keySet(),
                handedOver.values(),
                schemas);
        if (pieces.isEmpty()) {
            return;
        }
        pieces.stream().limit(MOST_LOGGED).forEach(CodeReview::log);
        throw refusal(pieces, owner, reader);
    }

    private static void log(Piece piece) {
        LOG.atWarn()
                .addKeyValue("event", "code.refused")
                .addKeyValue("role", piece.writer())
                .log("{} wrote {}", Text.quote(piece.writer()), Text.cut(piece.what(), LONGEST_STATEMENT));
    }

    private static MigrationException refusal(List<Piece> pieces, String owner, String reader) {
        Piece first = pieces.get(0);
        return new MigrationException(
                "%s wrote %s%s, which would run with the rights of %s. Review it, and run '%s', or '%s' to accept it, as a superuser or a member of both roles. Nothing was changed"
                        .formatted(
                                Text.quote(first.writer()),
                                Text.cut(first.what(), LONGEST_STATEMENT),
                                pieces.size() == 1 ? "" : " and %d more".formatted(pieces.size() - 1),
                                Text.quote(owner),
                                Text.cut(first.drop(), LONGEST_STATEMENT),
                                Text.cut(first.handOver() + Sql.name(reader), LONGEST_STATEMENT)));
    }
}
