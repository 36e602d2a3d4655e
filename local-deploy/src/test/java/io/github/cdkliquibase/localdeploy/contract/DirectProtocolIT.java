package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.BucketFault;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.stage.cloudformation.RecordedRequest;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.function.Invocation;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The function is the service token: exactly one accepted PUT for each event. */
final class DirectProtocolIT extends ProtocolContract {

    @Override
    Stage open(UnaryOperator<FunctionSettings> settings) {
        return Stage.direct(settings);
    }

    @Override
    int uploadsOf(int events) {
        return events;
    }

    @ParameterizedTest
    @EnumSource(RequestType.class)
    void aBucketThatIsBusyTwiceGetsTheAnswerOnce(RequestType type) {
        CustomResource resource = stage().resource();
        CustomResourceEvent event = resource.event(type, properties());
        stage().bucket.script(new BucketFault.Refuse(503), new BucketFault.Refuse(503));

        Answer answer = resource.send(event);

        assertThat(answer.status()).as(answer.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(stage().bucket.uploads(event.responseUrl()))
                .extracting(RecordedRequest::status)
                .containsExactly(503, 503, 200);
    }

    @ParameterizedTest
    @EnumSource(RequestType.class)
    void aBucketThatAlwaysRefusesMakesTheFunctionFail(RequestType type) {
        CustomResource resource = stage().resource();
        CustomResourceEvent event = resource.event(type, properties());
        stage().bucket
                .script(Collections.nCopies(6, new BucketFault.Refuse(403)).toArray(BucketFault[]::new));

        Answer answer = resource.send(event);

        assertThat(answer.status()).isEqualTo(Answer.Status.UNANSWERED);
        assertThat(answer.invocation())
                .isInstanceOfSatisfying(
                        Invocation.FunctionError.class,
                        error -> assertThat(error.errorMessage()).satisfies(approved("events/answerNotSent")));
        assertThat(stage().bucket.uploads(event.responseUrl())).hasSize(6);
    }

    @Test
    void aBucketThatResetsRedirectsOrIsSlowGetsTheAnswerOnce() {
        for (BucketFault behaviour : List.of(
                new BucketFault.Reset(),
                new BucketFault.Redirect(URI.create("http://127.0.0.1:1/elsewhere")),
                new BucketFault.Wait(Duration.ofSeconds(2), new BucketFault.None()))) {
            CustomResource resource = stage().resource();
            CustomResourceEvent event = resource.event(RequestType.CREATE, properties());
            stage().bucket.script(behaviour);

            Answer answer = resource.send(event);

            assertThat(answer.status()).as("%s: %s", behaviour, answer.reason()).isEqualTo(Answer.Status.SUCCESS);
            assertThat(stage().bucket.uploads(event.responseUrl()))
                    .filteredOn(RecordedRequest::accepted)
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"RequestType\":\"Destroy\"", "\"RequestType\":null", "\"RequestType\":{}"})
    void anUnknownRequestTypeIsFailed(String requestType) {
        CustomResourceEvent event = stage().resource().event(RequestType.CREATE, properties());

        stage().invoke(event.json().replace("\"RequestType\":\"Create\"", requestType));

        assertThat(stage().bucket.uploads(event.responseUrl()))
                .singleElement()
                .satisfies(upload -> assertThat(upload.body())
                        .contains("\"Status\":\"FAILED\"")
                        .contains("RequestType must be 'Create', 'Update' or 'Delete', got "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "\"text\"", "7"})
    void propertiesOfAnotherShapeAreFailed(String properties) {
        CustomResourceEvent event = stage().resource().event(RequestType.CREATE, java.util.Map.of("Replaced", "x"));
        String json =
                event.json().replaceAll("\"ResourceProperties\":\\{[^}]*}", "\"ResourceProperties\":" + properties);
        assertThat(json).contains("\"ResourceProperties\":" + properties);

        stage().invoke(json);

        assertThat(stage().bucket.uploads(event.responseUrl()))
                .singleElement()
                .satisfies(upload -> assertThat(upload.body())
                        .contains("\"Status\":\"FAILED\"")
                        .contains("ResourceProperties must be a map of properties, got "));
    }

    @Test
    void anEventOfAProviderIsRefusedWithoutAnAnswerOfOurs() {
        CustomResource other = CustomResource.behindProvider(stage().function.arn(), stage()::invoke, stage().bucket);
        CustomResourceEvent event = other.event(RequestType.CREATE, properties());

        Invocation invocation = stage().invoke(event.json());

        assertThat(invocation)
                .isInstanceOfSatisfying(
                        Invocation.FunctionError.class,
                        error -> assertThat(error.errorMessage()).satisfies(approved("events/handlerBehindAProvider")));
        assertThat(stage().bucket.uploads(event.responseUrl())).isEmpty();
    }

    // Its token stands in front of the fault.
    @Test
    void aBrokenEventOfAProviderIsRefusedWithoutAnAnswerOfOurs() {
        CustomResource other = CustomResource.behindProvider(stage().function.arn(), stage()::invoke, stage().bucket);
        CustomResourceEvent event = other.event(RequestType.CREATE, properties());

        Invocation invocation = stage().invoke("{\"ServiceToken\":\"%s-provider\",\"ResponseURL\":\"%s\","
                .formatted(stage().function.arn(), event.responseUrl()));

        assertThat(invocation)
                .isInstanceOfSatisfying(
                        Invocation.FunctionError.class,
                        error -> assertThat(error.errorMessage())
                                .startsWith("This function is behind a provider, so its handler must be "));
        assertThat(stage().bucket.uploads(event.responseUrl())).isEmpty();
    }

    @Test
    void theBareClassNameIsTheSameDoor() {
        try (Stage bare = Stage.direct(settings -> settings.withHandler(Stage.HANDLER))) {
            CustomResource resource = bare.resource();

            assertThat(resource.create(java.util.Map.of("Nonsense", "1")).reason())
                    .satisfies(approved("properties/unknown", Map.of("property", "Nonsense", "nearest", "Contexts")));
            bare.nothingLeaked();
        }
    }
}
