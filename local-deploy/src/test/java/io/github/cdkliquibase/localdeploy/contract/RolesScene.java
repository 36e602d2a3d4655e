package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A database of its own, with an administrator as RDS has one: no superuser, but may create roles and grant {@code rds_iam}.
 * The roles' names are its own too, since the roles of a server are there for all its databases.
 */
final class RolesScene implements AutoCloseable {

    static final String HANDLER = "io.github.cdkliquibase.lambda.RolesHandler";

    final EmbeddedDatabase database;
    final String owner;
    final String application;
    final String readOnly;
    final CustomResource resource;

    private final Stage stage;
    private final Connection superuser;
    private final Map<String, String> passwords = new HashMap<>();
    private final List<String> allPasswords = new ArrayList<>();

    RolesScene(Stage stage, EmbeddedDatabase server) {
        this.stage = stage;
        this.database = server.another();
        this.resource = stage.resource();
        try {
            this.superuser = database.connectAsSuperuser();
        } catch (SQLException e) {
            throw new AssertionError("No superuser", e);
        }
        this.owner = database.databaseName() + "_migrator";
        this.application = database.databaseName() + "_shop";
        this.readOnly = database.databaseName() + "_report";
        asSuperuser("alter role " + database.username() + " createrole createdb");
        asSuperuser("do $$ begin create role rds_iam; exception when duplicate_object then null; end $$");
        if (version() >= 16) {
            asSuperuser("grant rds_iam to " + database.username() + " with admin true, inherit false, set false");
        }
    }

    int version() {
        return Integer.parseInt(queryAsSuperuser("show server_version_num")) / 10_000;
    }

    /** A role with a secret, as the properties describe it. */
    Map<String, Object> secretRole(String name) {
        return Map.of("Name", name, "SecretArn", secret(name, UUID.randomUUID().toString()));
    }

    static Map<String, Object> iamRole(String name) {
        return Map.of("Name", name);
    }

    /** Stores a password for a role, or another one in the same secret. */
    String secret(String name, String password) {
        passwords.put(name, password);
        allPasswords.add(password);
        stage.canary(password);
        return stage.secrets.put("role-" + name, secretText(name));
    }

    /** The secret of a role as it is now. */
    String secretText(String name) {
        return "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(name.replace("\"", "\\\""), passwords.get(name));
    }

    /** Every password that a role had, or should have had. */
    List<String> passwords() {
        return allPasswords;
    }

    /** The properties of three roles with secrets, plus these. */
    Map<String, Object> threeRoles(Map<String, ?> more) {
        Map<String, Object> properties = properties(Map.of(
                "Owner", secretRole(owner), "Application", secretRole(application), "ReadOnly", secretRole(readOnly)));
        properties.putAll(more);
        return properties;
    }

    /** The properties that reach the database as its administrator, and a stamp, plus these. */
    Map<String, Object> properties(Map<String, ?> more) {
        Map<String, Object> properties =
                stage.properties(database, Map.of("DeployedAt", Instant.now().toString()));
        properties.putAll(more);
        return properties;
    }

    /** The same properties with a new stamp, as on the next deploy. */
    static Map<String, Object> later(Map<String, Object> properties, Map<String, ?> more) {
        Map<String, Object> next = new HashMap<>(properties);
        next.put("DeployedAt", Instant.now().toString());
        next.putAll(more);
        return next;
    }

    Answer create(Map<String, Object> properties) {
        Answer answer = resource.create(properties);
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        return answer;
    }

    Answer update(Map<String, Object> properties) {
        Answer answer = resource.update(properties);
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        return answer;
    }

    /** Probes as a resource of its own, behind the migration. */
    Answer probe(Map<String, Object> properties) {
        return stage.resource().create(later(properties, Map.of("Action", "PROBE")));
    }

    void asAdministrator(String sql) {
        Stage.execute(database, sql);
    }

    void asSuperuser(String sql) {
        try (Statement statement = superuser.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError("Statement failed: " + sql, e);
        }
    }

    String queryAsSuperuser(String sql) {
        try (Statement statement = superuser.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new AssertionError("Query failed: " + sql, e);
        }
    }

    /** Logs in as a role, with the password in its secret. */
    void as(String role, String... statements) {
        try (Connection connection = connect(role);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        } catch (SQLException e) {
            throw new AssertionError("Failed as " + role, e);
        }
    }

    /** The SQLSTATE with which a statement of a role ends; empty if it succeeds. */
    String stateOf(String role, String sql) {
        try (Connection connection = connect(role);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return "";
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    /** A session of a role, which its caller closes. */
    Connection connect(String role) throws SQLException {
        return DriverManager.getConnection(
                database.jdbcUrl() + "?sslmode=require", role, passwords.getOrDefault(role, "none"));
    }

    /** All that the catalogs say of roles, owners and grants. */
    List<String> catalogs() {
        List<String> rows = new ArrayList<>();
        for (String query : List.of(
                "select r::text from pg_roles r where rolname !~ '^pg_' order by 1",
                "select m::text from pg_auth_members m order by 1",
                "select relname || relowner::text || coalesce(relacl::text, '') from pg_class where relnamespace = 'public'::regnamespace order by 1",
                "select nspname || nspowner::text || coalesce(nspacl::text, '') from pg_namespace where nspname !~ '^pg_' order by 1",
                "select coalesce(datacl::text, '') from pg_database where datname = current_database()",
                "select d::text from pg_default_acl d order by 1")) {
            try (Statement statement = superuser.createStatement();
                    ResultSet found = statement.executeQuery(query)) {
                while (found.next()) {
                    rows.add(found.getString(1));
                }
            } catch (SQLException e) {
                throw new AssertionError("Query failed: " + query, e);
            }
        }
        return rows;
    }

    /** Leaves the database and the roles to the end of the server: each would need the others gone first. */
    @Override
    public void close() {
        try {
            superuser.close();
        } catch (SQLException e) {
            throw new AssertionError("The superuser's connection could not be closed", e);
        }
    }
}
