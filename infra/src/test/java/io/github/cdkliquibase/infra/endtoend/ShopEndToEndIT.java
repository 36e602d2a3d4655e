package io.github.cdkliquibase.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.infra.SampleApp;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.function.Invocation;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The sample app as a whole: roles by the administrator, migration by the owner with IAM tokens, probe, and the application,
 * which reads with IAM tokens what was migrated.
 */
final class ShopEndToEndIT {

    private static final String COUNTRIES = """
            --changeset shop:1
            create table countries (code text primary key, name text not null);
            insert into countries values ('AT', 'Austria');
            """;

    private static final String MORE = COUNTRIES + """
            --changeset shop:2
            insert into countries values ('NZ', 'New Zealand');
            """;

    private static final String WITHOUT_A_GRANT = MORE + """
            --changeset shop:3
            revoke select on countries from shop_app;
            """;

    private static Stage stage;

    @BeforeAll
    static void open() {
        stage = new Stage(SampleApp::shop);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @Test
    void theApplicationReadsWhatTheOwnerMigratesAndAProbeSaysWhenItCouldNot() {
        CloudAssembly first = stage.synthesise(COUNTRIES);
        DeployedStack stack = stage.stack(first);

        List<Answer> created = stack.createAll();
        assertThat(created)
                .allSatisfy(answer ->
                        assertThat(answer.succeeded()).as(answer.reason()).isTrue());
        assertThat(created).hasSize(3);
        assertThat(created.get(0).data())
                .containsEntry("OwnerName", "shop_owner")
                .containsEntry("ApplicationName", "shop_app")
                .containsEntry("ReadOnlyName", "");
        assertThat(created.get(1).data()).containsEntry("AppliedChangesets", "1");
        assertThat(created.get(2).data()).containsEntry("ProbedTables", "4");
        assertThat(countries(first)).isEqualTo("{\"AT\":\"Austria\"}");

        CloudAssembly second = stage.synthesise(MORE);
        List<Answer> updated = stack.updateAll(second);
        assertThat(updated).hasSize(3).allMatch(Answer::succeeded);
        assertThat(updated.get(0).data()).containsEntry("Changes", "0").containsEntry("Drift", "");
        assertThat(countries(second)).isEqualTo("{\"AT\":\"Austria\",\"NZ\":\"New Zealand\"}");

        List<Answer> probed = stack.updateAll(stage.synthesise(WITHOUT_A_GRANT));
        assertThat(probed).extracting(Answer::succeeded).containsExactly(true, true, false);
        assertThat(probed.get(2).reason()).contains("Role 'shop_app' lacks SELECT on table public.countries");

        List<Answer> rolledBack = stack.rollBackAll();
        assertThat(rolledBack)
                .hasSize(3)
                .allMatch(Answer::succeeded)
                .allSatisfy(answer -> assertThat(answer.data()).containsEntry("StackRollback", "true"));

        assertThat(stack.deleteAll()).hasSize(3).allMatch(Answer::succeeded);
        assertThat(stage.front.tokens()).isNotEmpty();
        assertThat(stage.front.refusals()).isEmpty();
    }

    private static String countries(CloudAssembly assembly) {
        Template.Resource function = assembly.templates().stream()
                .flatMap(Template::resources)
                .filter(resource -> resource.property("Handler").asText().endsWith(".CountriesHandler"))
                .findFirst()
                .orElseThrow();

        Invocation invocation = stage.functions.invoke(Functions.arn(function.name()), "{}");

        assertThat(invocation).isInstanceOf(Invocation.Success.class);
        return invocation.payload();
    }
}
