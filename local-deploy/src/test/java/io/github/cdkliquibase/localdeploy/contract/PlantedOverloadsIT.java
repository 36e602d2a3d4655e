package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Another role may create in a schema of the search path, and makes functions and operators there with the names of the
 * server's own and with parameters that fit better. None of them is ever called.
 *
 * <p>What the functions ask is not listed here: it is read from the server's log, and an overload is planted for each
 * function and each operator in it.
 */
@Tag("slow")
final class PlantedOverloadsIT extends RolesBesideMigration {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String CHANGELOG = """
            --changeset ann:1
            create table customer (id serial primary key, name text not null);
            --changeset ann:2
            create view named_customer as select name from customer;
            --changeset ann:3 runInTransaction:false
            create index concurrently customer_name on customer (name);
            insert into customer (name) values ('Ann');
            """;

    private static final Pattern LITERAL = Pattern.compile("'(?:[^']++|'')*+'|--[^\n]*");
    private static final Pattern CALL = Pattern.compile("\\b([a-z_][a-z0-9_]*)\\s*\\(", Pattern.CASE_INSENSITIVE);
    private static final Pattern OPERATOR = Pattern.compile("[-+*/<>=~!@#%^&|`?]+");

    /** How the driver asks for tables on behalf of Liquibase, with the search path of the user: in plain Liquibase too. */
    private static final String THE_DRIVERS = " in SELECT current_database() AS \"TABLE_CAT\"";

    /** Types of the catalogs and of parameters, for which a server's own function is often only the second best. */
    private static final List<String> TYPES =
            List.of("text", "varchar", "name", "\"char\"", "oid", "regclass", "int2", "int4", "int8");

    /** The types that are tried in a function with more than two parameters. */
    private static final List<String> TEXTS = List.of("text", "varchar", "name");

    /** A function with more parameters gets no overloads. */
    private static final int MOST_PARAMETERS = 4;

    PlantedOverloadsIT() {
        super(Map.of("logging_collector", "on", "log_destination", "jsonlog", "log_statement", "all"));
    }

    @Test
    void noneIsCalled() throws Exception {
        deployAll(List.of());
        Set<String> asked = asked();
        List<String> overloads = overloads(asked);
        Files.write(Path.of("target", "planted-overloads.txt"), listing(asked, overloads));
        assertThat(overloads).hasSizeGreaterThan(1000);

        try {
            deployAll(overloads);
        } finally {
            assertThat(said().filter(message -> message.startsWith("planted"))
                            .filter(message -> !message.contains(THE_DRIVERS))
                            .distinct())
                    .isEmpty();
        }
    }

    // Roles, a migration as the owner, what is there already, a lock that plain Liquibase left, a probe, and the end.
    private void deployAll(List<String> overloads) throws SQLException {
        try (RolesScene scene = new RolesScene(roles, server)) {
            plant(overloads, scene);
            Map<String, Object> properties = scene.threeRoles(Map.of());
            scene.create(properties);
            CustomResource migration = migrator.resource();
            migrator.sql(CHANGELOG);
            assertDone(migration.create(asOwner(scene, Map.of())));
            // So that it sees who is connected, and releases the lock.
            scene.asSuperuser("grant pg_read_all_stats to " + scene.owner);
            scene.asSuperuser(
                    "update databasechangeloglock set locked = true, lockedby = 'laptop', lockgranted = '2000-01-01'");
            migrator.sql(CHANGELOG + "--changeset ann:4\nalter table customer add column email text;\n");
            assertDone(migration.update(asOwner(scene, Map.of())));
            assertDone(scene.probe(properties));
            scene.update(RolesScene.later(properties, Map.of("OnDelete", "REASSIGN_AND_DROP")));
            assertDone(migration.update(asOwner(scene, Map.of("OnDelete", "DROP_ALL"))));
            assertDone(migration.delete());
            assertDone(scene.resource.delete());
        }
    }

    // For a person who looks: each statement with the names in it, and how many overloads of these were planted.
    private static List<String> listing(Set<String> asked, List<String> overloads) {
        return asked.stream()
                .map(sql -> {
                    Set<String> names = new TreeSet<>(found(CALL, Set.of(sql)));
                    found(OPERATOR, Set.of(sql)).forEach(each -> names.add("operator_" + hex(each)));
                    long planted = overloads.stream()
                            .filter(overload -> names.stream()
                                    .anyMatch(name -> overload.contains("raise log 'planted " + name + "(")))
                            .count();
                    return "%d overloads: %s".formatted(planted, sql.strip().replaceAll("\\s+", " "));
                })
                .toList();
    }

    private static String hex(String operator) {
        return HexFormat.of().formatHex(operator.getBytes(StandardCharsets.UTF_8));
    }

    // They do what the server's own does, and say so in its log.
    private static void plant(List<String> overloads, RolesScene scene) throws SQLException {
        if (overloads.isEmpty()) {
            return;
        }
        String guest = scene.database.databaseName() + "_guest";
        scene.asSuperuser("create role %1$s; grant create on schema public to public".formatted(guest));
        try (Connection connection = scene.database.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set log_statement = none");
            statement.execute("set role " + guest);
            statement.execute("set search_path = public");
            for (String overload : overloads) {
                statement.execute(overload);
            }
            connection.commit();
        }
    }

    // The SQL that both functions have sent, without literals.
    private Set<String> asked() throws SQLException {
        return said().filter(message -> message.startsWith("execute") || message.startsWith("statement"))
                .map(message -> LITERAL.matcher(message.substring(message.indexOf(':') + 1))
                        .replaceAll("''"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    // The messages in the server's log that come from sessions of the functions.
    private Stream<String> said() throws SQLException {
        try (Connection superuser = server.connectAsSuperuser();
                Statement statement = superuser.createStatement();
                ResultSet log = statement.executeQuery("select pg_read_file(pg_current_logfile('jsonlog'))")) {
            log.next();
            return log.getString(1)
                    .lines()
                    .map(PlantedOverloadsIT::entry)
                    .filter(entry -> entry.path("application_name").asText().startsWith("cdk-liquibase"))
                    .map(entry -> entry.path("message").asText());
        }
    }

    private static JsonNode entry(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError(line, e);
        }
    }

    private List<String> overloads(Set<String> asked) throws SQLException {
        Set<String> overloads = new LinkedHashSet<>();
        try (Connection superuser = server.connectAsSuperuser()) {
            for (List<String> signature : ofTheServer(superuser, """
                    select quote_ident(proname), case when provariadic <> 0 then 0 else pronargs end from pg_proc
                    where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f' and proname = any (?)
                    """, found(CALL, asked))) {
                int parameters = Integer.parseInt(signature.get(1));
                for (int each = Math.max(1, parameters);
                        each <= (parameters == 0 ? MOST_PARAMETERS : parameters) && each <= MOST_PARAMETERS;
                        each++) {
                    String arguments = IntStream.rangeClosed(1, each)
                            .mapToObj(number -> "$" + number)
                            .collect(Collectors.joining(", "));
                    for (List<String> types : combined(each > 2 ? TEXTS : TYPES, each)) {
                        overloads.add(planted(
                                signature.get(0),
                                types,
                                "pg_catalog.%s(%s)".formatted(signature.get(0), arguments),
                                ""));
                    }
                }
            }
            for (List<String> operator : ofTheServer(superuser, """
                    select distinct oprname, encode(oprname::text::bytea, 'hex') from pg_operator
                    where oprnamespace = 'pg_catalog'::regnamespace and oprkind = 'b' and oprname = any (?)
                    """, found(OPERATOR, asked))) {
                for (List<String> types : combined(TYPES, 2)) {
                    String function = "operator_" + operator.get(1);
                    overloads.add(planted(
                            function,
                            types,
                            "$1 operator(pg_catalog.%s) $2".formatted(operator.get(0)),
                            "create operator %s (function = %s, leftarg = %s, rightarg = %s)"
                                    .formatted(operator.get(0), function, types.get(0), types.get(1))));
                }
            }
        }
        return List.copyOf(overloads);
    }

    // One that the server could not do has no place: a call that fits it would fail without it. Neither has one that
    // returns a set, and here an empty one.
    private static String planted(String name, List<String> types, String original, String behind) {
        String parameters = String.join(", ", types);
        String example = original;
        int number = 0;
        for (String type : types) {
            example = example.replace("$" + ++number, "null::" + type);
        }
        return """
                do $do$
                declare
                  result text;
                begin
                  begin
                    select pg_typeof(%s)::text into result;
                  exception when others then
                    return;
                  end;
                  if result is null then
                    return;
                  end if;
                  execute format($create$
                    create or replace function %s(%s) returns %%1$s language plpgsql as $body$ begin
                      raise log 'planted %s(%s) called by %%%% in %%%%', current_user, current_query();
                      %%2$s %s;
                    end $body$ $create$, result, case result when 'void' then 'perform' else 'return' end);
                  %s
                end $do$
                """.formatted(
                        example,
                        name,
                        parameters,
                        name,
                        parameters,
                        original,
                        behind.isEmpty() ? "" : "execute '" + behind + "';");
    }

    private static List<List<String>> combined(List<String> types, int parameters) {
        List<List<String>> all = List.of(List.of());
        for (int more = 0; more < parameters; more++) {
            all = all.stream()
                    .flatMap(before -> types.stream()
                            .map(type -> Stream.concat(before.stream(), Stream.of(type))
                                    .toList()))
                    .toList();
        }
        return all;
    }

    private static Set<String> found(Pattern pattern, Set<String> asked) {
        return asked.stream()
                .flatMap(sql -> pattern.matcher(sql).results())
                .map(match -> match.group(match.groupCount()).toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<List<String>> ofTheServer(Connection superuser, String query, Set<String> names)
            throws SQLException {
        try (PreparedStatement statement = superuser.prepareStatement(query)) {
            statement.setArray(1, superuser.createArrayOf("text", names.toArray()));
            List<List<String>> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(List.of(row.getString(1), row.getString(2)));
                }
            }
            return rows;
        }
    }

    private static void assertDone(Answer answer) {
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }
}
