package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.engine.Catalog;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.SchemaObject;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@link SchemaOwnership} has recorded, for a Delete of one of the resources. */
public final class SchemaDeletion {

    /** The columns of Liquibase's lock table. */
    private static final List<String> LOCK_COLUMNS = List.of("id", "locked", "lockgranted", "lockedby");

    /** In bytes. Another session may have written a longer comment. */
    private static final int LONGEST_NAME = 300;

    private final Engine engine;
    private final Connection connection;
    private final HistoryTables tables;
    private final String schema;
    private final ResourceName resource;

    /**
     * The deletion of a resource.
     *
     * @param tables the history of its changelog
     * @param schema of the objects that the changelog has created
     */
    public SchemaDeletion(
            Engine engine, Connection connection, HistoryTables tables, String schema, ResourceName resource) {
        this.engine = engine;
        this.connection = connection;
        this.tables = tables;
        this.schema = schema;
        this.resource = resource;
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

    /** Decides what a Delete of the resource does with the schema. */
    public Verdict verdict() throws SQLException {
        Map<Catalog.Table, Claims> all = all();
        Optional<SchemaClaim> own = Optional.ofNullable(all.get(lockTable()))
                .flatMap(claims -> claims.on(schema))
                .filter(claim -> claim.isOf(resource));
        String others = all.entrySet().stream()
                .flatMap(each -> claims(each.getKey(), each.getValue()))
                .flatMap(claim -> claim.others(resource))
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
                .filter(claim -> claim.isOf(resource))
                .isPresent()) {
            Claims claims = own.get();
            new ClaimsComment(engine, connection, tables)
                    .write(claims.with(schema, claims.on(schema).orElseThrow().without(resource)));
        }
    }

    private Map<Catalog.Table, Claims> all() throws SQLException {
        return engine.catalog().comments(Claims.PREFIX, LOCK_COLUMNS, connection).entrySet().stream()
                .flatMap(each -> Claims.parse(each.getValue()).map(claims -> Map.entry(each.getKey(), claims)).stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
