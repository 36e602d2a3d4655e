package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.engine.Catalog;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.SchemaObject;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.history.SchemaClaim.User;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in the database which custom resources have migrated a schema, so that a Delete drops only objects of its own
 * resource.
 */
public final class SchemaOwnership {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaOwnership.class);

    /** The columns of Liquibase's lock table. */
    private static final List<String> LOCK_COLUMNS = List.of("id", "locked", "lockgranted", "lockedby");

    /** In bytes. Another session may have written a longer comment. */
    private static final int LONGEST_NAME = 300;

    private final Engine engine;
    private final Connection connection;
    private final HistoryTables tables;
    private final String schema;
    private final User user;

    /**
     * Creates the view of one resource on the ownership of a schema.
     *
     * @param schema of the objects that the changelog creates
     * @param tables the history of the changelog
     * @param dropsOnDelete whether a Delete of the resource drops the objects that it has created
     */
    public SchemaOwnership(
            Engine engine,
            Connection connection,
            HistoryTables tables,
            String schema,
            ResourceName resource,
            boolean dropsOnDelete) {
        this.engine = engine;
        this.connection = connection;
        this.tables = tables;
        this.schema = schema;
        this.user = new User(resource, dropsOnDelete);
    }

    /** The decision what a Delete may do with a schema. */
    public sealed interface Verdict {

        /**
         * It may drop the objects that this resource has created.
         *
         * @param stays recognises objects that were in the schema before
         */
        record Drop(Predicate<SchemaObject> stays) implements Verdict {}

        /**
         * It drops nothing.
         *
         * @param why the reason, as a clause
         */
        record Keep(String why) implements Verdict {}
    }

    /**
     * Whether the resource must still be recorded as the last one that migrated the schema.
     *
     * @param state of the history's tables
     */
    public boolean isDue(HistoryState state) {
        if (!state.canNote()) {
            return false;
        }
        Optional<Claims> claims = state.note().flatMap(Claims::parse);
        return claims.isEmpty()
                ? state.note().isEmpty()
                : !claims.get().on(schema).map(claim -> claim.isLast(user)).orElse(false);
    }

    /**
     * Refuses a run that cannot be recorded, if another resource would drop the schema when it is deleted.
     *
     * @param state of the history's tables
     * @throws MigrationException if it is refused; the message names the other resource and the missing privilege
     */
    public void refuseUntold(HistoryState state) {
        if (state.canNote()) {
            return;
        }
        state.note()
                .flatMap(Claims::parse)
                .flatMap(claims -> claims.on(schema))
                .filter(claim -> !claim.isOf(user.resource()))
                .flatMap(claim ->
                        claim.others(user.resource()).filter(User::drops).findFirst())
                .ifPresent(other -> {
                    throw new MigrationException(
                            "Schema %s is also used by %s, whose 'OnDelete' is 'DROP_ALL', and this user may not record in the database that this resource uses it too. Nothing was run. Make the user a member of role %s, or set 'OnDelete' to 'RETAIN' there and deploy that stack first"
                                    .formatted(
                                            Text.quote(schema),
                                            Text.cut(other.resource().toString(), LONGEST_NAME),
                                            Text.quote(state.lockOwner())));
                });
    }

    /**
     * The objects that the schema holds before a run, for {@link #note}.
     *
     * @param state of the history's tables before the run creates them
     * @return empty if an earlier run, of this product or of another one, has worked there
     */
    public List<SchemaObject> before(HistoryState state) throws SQLException {
        Optional<Claims> claims = state.note().flatMap(Claims::parse);
        boolean isNoted = claims.flatMap(all -> all.on(schema)).isPresent();
        boolean isUnknown = claims.isEmpty() && state.hasTables();
        return isNoted || isUnknown ? List.of() : engine.objects().in(schema, connection);
    }

    /**
     * Records that the resource migrates the schema, in the open transaction. If this fails, a log line says so, and a
     * Delete keeps the schema.
     *
     * @param state of the history's tables before the run created them
     * @param before the objects that the schema held then
     */
    public void note(HistoryState state, List<SchemaObject> before) throws SQLException {
        Optional<Claims> found = state.note().flatMap(Claims::parse);
        if (state.hasTables() && !isDue(state)) {
            return;
        }
        Claims claims = found.orElseGet(() -> new Claims(Map.of()));
        SchemaClaim claim = claims.on(schema)
                .orElseGet(() ->
                        found.isEmpty() && state.hasTables() ? SchemaClaim.unknown() : SchemaClaim.before(before));
        write(claims.with(schema, claim.with(user)));
    }

    private void write(Claims claims) throws SQLException {
        Savepoint start = connection.setSavepoint();
        try {
            engine.catalog().comment(tables.schema(), tables.lock(), claims.text(), connection);
        } catch (SQLException e) {
            if (engine.failures().kind(e).passesOnANewConnection()) {
                throw e;
            }
            connection.rollback(start);
            LOG.atWarn()
                    .addKeyValue("event", "ownership.not-noted")
                    .log(
                            "The comment on table '{}' could not be set: {}. A Delete with 'OnDelete' 'DROP_ALL' keeps the schema",
                            tables.lock(),
                            engine.failures().describe(e));
        }
    }

    /** Decides what a Delete of the resource does with the schema. */
    public Verdict verdict() throws SQLException {
        Map<Catalog.Table, Claims> all = all();
        Optional<SchemaClaim> own = Optional.ofNullable(all.get(lockTable()))
                .flatMap(claims -> claims.on(schema))
                .filter(claim -> claim.isOf(user.resource()));
        String others = all.entrySet().stream()
                .flatMap(each -> claims(each.getKey(), each.getValue()))
                .flatMap(claim -> claim.others(user.resource()))
                .map(other -> other.resource().toString())
                .distinct()
                .collect(Collectors.joining("; "));
        if (!others.isEmpty()) {
            return new Verdict.Keep("it is also used by " + Text.cut(others, LONGEST_NAME));
        }
        if (own.isEmpty()) {
            return new Verdict.Keep("the database has no record that this resource has migrated it");
        }
        if (own.get().before().isEmpty()) {
            return new Verdict.Keep("its content before the first deploy of this resource is not known");
        }
        List<SchemaClaim.Before> before = own.get().before().get();
        return new Verdict.Drop(object -> before.stream().anyMatch(each -> each.is(object)));
    }

    // In the resource's own history every schema counts, because its tables are dropped too. In other histories only
    // this schema counts.
    private Stream<SchemaClaim> claims(Catalog.Table table, Claims claims) {
        return table.equals(lockTable()) ? claims.schemas().values().stream() : claims.on(schema).stream();
    }

    private Catalog.Table lockTable() {
        return new Catalog.Table(tables.schema(), tables.lock());
    }

    /** Removes the deleted resource from the record, and leaves the schema to the others. */
    public void forget() throws SQLException {
        Optional<Claims> own = Optional.ofNullable(all().get(lockTable()));
        if (own.flatMap(claims -> claims.on(schema))
                .filter(claim -> claim.isOf(user.resource()))
                .isPresent()) {
            Claims claims = own.get();
            write(claims.with(schema, claims.on(schema).orElseThrow().without(user.resource())));
        }
    }

    private Map<Catalog.Table, Claims> all() throws SQLException {
        return engine.catalog().comments(Claims.PREFIX, LOCK_COLUMNS, connection).entrySet().stream()
                .flatMap(each -> Claims.parse(each.getValue()).map(claims -> Map.entry(each.getKey(), claims)).stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
