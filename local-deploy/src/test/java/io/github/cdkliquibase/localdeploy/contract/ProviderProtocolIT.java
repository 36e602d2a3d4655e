package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.function.Invocation;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Behind CDK's Provider: the function returns or throws, and never touches the response URL. */
final class ProviderProtocolIT extends ProtocolContract {

    @Override
    Stage open(UnaryOperator<FunctionSettings> settings) {
        return Stage.behindProvider(settings);
    }

    @Override
    int uploadsOf(int events) {
        return 0;
    }

    @Test
    void anEventForTheFunctionItselfIsRefused() {
        CustomResource direct = CustomResource.direct(stage().function.arn(), stage()::invoke, stage().bucket);

        Invocation invocation =
                stage().invoke(direct.event(RequestType.CREATE, properties()).json());

        assertThat(invocation)
                .isInstanceOfSatisfying(
                        Invocation.FunctionError.class,
                        error -> assertThat(error.errorMessage())
                                .satisfies(approved("events/handlerThatIsTheServiceToken")));
    }

    @Test
    void theWaiterIsToldThatARunThatOnEventReturnedFromIsComplete() {
        try (Stage waiter = Stage.behindProvider(settings -> settings.withHandler(Stage.HANDLER + "::isComplete"))) {
            Invocation invocation =
                    waiter.invoke("{\"RequestType\":\"Create\",\"Data\":{\"AppliedChangesets\":\"3\"}}");

            assertThat(invocation)
                    .isInstanceOfSatisfying(
                            Invocation.Success.class,
                            success -> assertThat(success.response())
                                    .isEqualTo("{\"IsComplete\":true,\"Data\":{\"AppliedChangesets\":\"3\"}}"));
            waiter.nothingLeaked();
        }
    }

    @Test
    void aFunctionErrorCarriesTheReasonAndNothingElse() {
        CustomResource resource = stage().resource();

        Invocation invocation = stage().invoke(
                        resource.event(RequestType.CREATE, Map.of("Port", "x")).json());

        assertThat(invocation)
                .isInstanceOfSatisfying(
                        Invocation.FunctionError.class,
                        error -> assertThat(error.raw())
                                .contains("\"stackTrace\":[]")
                                .contains(
                                        "Exactly one of the properties 'SecretArn' and 'IamUsername' must be set, got neither"));
    }
}
