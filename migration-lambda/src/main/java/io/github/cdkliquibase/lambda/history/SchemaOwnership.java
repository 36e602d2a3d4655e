package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.SchemaObject;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.history.SchemaClaim.User;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Records in the database which custom resources have migrated a schema, so that a Delete drops only objects of its own
 * resource. {@link SchemaDeletion} reads it then.
 */
public final class SchemaOwnership {

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
        new ClaimsComment(engine, connection, tables).write(claims.with(schema, claim.with(user)));
    }
}
