package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static io.github.cdkliquibase.localdeploy.contract.RolesScene.later;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.function.Invocation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The three resources of a stack, one behind the other: roles, migration, probe. Each function is of the same zip. */
@Tag("slow")
final class RolesAndMigrationIT extends RolesBesideMigration {

    private static final String FIRST = """
            --changeset ann:1
            create table customer (id serial primary key, name text not null);
            """;

    private static final String SECOND = FIRST + """
            --changeset ann:2
            create table invoice (id int generated always as identity primary key, customer_id int references customer);
            --changeset ann:3
            create view customer_invoice as select c.name, i.id from customer c join invoice i on i.customer_id = c.id;
            --changeset ann:4 runInTransaction:false
            create index concurrently invoice_customer on invoice (customer_id);
            """;

    RolesAndMigrationIT() {
        super(Map.of());
    }

    @Test
    void aDatabaseThatItsAdministratorMigratedGoesOnWithAnOwnerAndAnApplication() {
        try (RolesScene scene = new RolesScene(roles, server)) {
            CustomResource migration = migrator.resource();
            migrator.sql(FIRST);
            assertDone(migration.create(migrator.properties(scene.database, Map.of())));

            Map<String, Object> properties = scene.threeRoles(Map.of());
            scene.create(properties);
            migrator.sql(SECOND);
            assertDone(migration.update(asOwner(scene, Map.of())));
            Answer probe = scene.probe(properties);

            assertDone(probe);
            assertThat(probe.data())
                    .containsEntry(
                            "ProbedTables",
                            scene.queryAsSuperuser(
                                    "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')"
                                            + " or relname = 'customer_id_seq'"));
            scene.as(
                    scene.application,
                    "insert into customer (name) values ('Ann')",
                    "insert into invoice (customer_id) select id from customer",
                    "select * from customer_invoice",
                    "select * from databasechangelog");
            scene.as(scene.readOnly, "select * from customer_invoice");
            assertThat(scene.stateOf(scene.application, "update databasechangelog set md5sum = null"))
                    .isEqualTo("42501");

            assertThat(scene.update(later(properties, Map.of())).data()).containsEntry("Changes", "0");
            migrator.sql(SECOND + "--changeset ann:5\nalter table customer add column email text;\n");
            assertDone(migration.update(asOwner(scene, Map.of())));
            assertDone(scene.probe(properties));
            roles.nothingLeaked();
            migrator.nothingLeaked();
        }
    }

    @Test
    void anApplicationWhoseConnectionsAreAllInUseKeepsItsPassword() throws SQLException {
        try (RolesScene scene = new RolesScene(roles, server)) {
            Map<String, Object> properties = scene.threeRoles(Map.of());
            scene.create(properties);
            scene.asSuperuser("alter role %s connection limit 1".formatted(scene.application));
            try (Connection inUse = scene.connect(scene.application)) {
                assertThat(inUse.isValid(1)).isTrue();
                assertThat(scene.update(later(properties, Map.of())).data()).containsEntry("Changes", "0");
            }
            scene.asSuperuser("revoke connect on database %s from public, %s"
                    .formatted(scene.database.databaseName(), scene.application));
            assertThat(scene.update(later(properties, Map.of())).data())
                    .containsEntry("Changes", "1")
                    .containsEntry(
                            "Drift",
                            "added CONNECT on database '%s' to '%s'"
                                    .formatted(scene.database.databaseName(), scene.application));
        }
    }

    private static void assertDone(Answer answer) {
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }

    @Test
    void theServiceTokenItselfAnswersUnderBothNamesOfItsDoor() {
        for (String handler : List.of(RolesScene.HANDLER, RolesScene.HANDLER + "::handleRequest")) {
            try (Stage direct = Stage.direct(settings -> settings.withHandler(handler))) {
                Answer answer = direct.resource().create(Map.of("Schema", "public"));

                assertThat(answer.reason())
                        .satisfies(approved("properties/unknown", Map.of("property", "Schema", "nearest", "Schemas")));
                direct.nothingLeaked();
            }
        }
    }

    @Test
    void theWaiterIsToldThatTheRolesAreThere() {
        try (Stage waiter =
                Stage.behindProvider(settings -> settings.withHandler(RolesScene.HANDLER + "::isComplete"))) {
            assertThat(waiter.invoke("{\"RequestType\":\"Create\",\"Data\":{\"Changes\":\"3\"}}"))
                    .isInstanceOfSatisfying(
                            Invocation.Success.class,
                            success -> assertThat(success.response())
                                    .isEqualTo("{\"IsComplete\":true,\"Data\":{\"Changes\":\"3\"}}"));
        }
    }
}
