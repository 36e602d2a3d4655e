package io.github.cdkliquibase.stage.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdkliquibase.stage.cloudformation.Answer.Status;
import io.github.cdkliquibase.stage.function.Invocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CustomResourceTest {

    private static final String ARN = "arn:aws:lambda:eu-central-1:111122223333:function:f";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ResponseBucket bucket = ResponseBucket.open();
    private final List<JsonNode> events = new ArrayList<>();

    @AfterEach
    void close() {
        bucket.close();
    }

    @Test
    void scalarsAreHandedOverAsStringsAtEveryDepth() {
        behindProvider(returns("{}"))
                .create(Map.of("Port", 5432, "Parameters", Map.of("debug", true), "List", List.of(1, Map.of("a", 2))));

        JsonNode properties = events.getFirst().path("ResourceProperties");
        assertThat(properties.path("Port").textValue()).isEqualTo("5432");
        assertThat(properties.path("Parameters").path("debug").textValue()).isEqualTo("true");
        assertThat(properties.path("List").path(0).textValue()).isEqualTo("1");
        assertThat(properties.path("List").path(1).path("a").textValue()).isEqualTo("2");
    }

    @Test
    void createHasNoIdAndNoOldProperties() {
        CustomResource resource = CustomResource.direct(ARN, recorded(returns("null")), bucket);
        resource.create(Map.of("A", "1"));

        JsonNode event = events.getFirst();
        assertThat(event.path("RequestType").asText()).isEqualTo("Create");
        assertThat(event.path("ServiceToken").asText()).isEqualTo(ARN);
        assertThat(event.path("ResourceProperties").path("ServiceToken").asText())
                .isEqualTo(ARN);
        assertThat(event.path("ResponseURL").asText()).startsWith("http://127.0.0.1:");
        assertThat(event.has("PhysicalResourceId")).isFalse();
        assertThat(event.has("OldResourceProperties")).isFalse();
    }

    @Test
    void behindProviderTheServiceTokenIsAnotherFunction() {
        behindProvider(returns("{}")).create(Map.of());

        assertThat(events.getFirst().path("ServiceToken").asText()).isEqualTo(ARN + "-provider");
    }

    @Test
    void updateCarriesTheIdAndThePropertiesOfTheLastSuccess() {
        CustomResource resource =
                behindProvider(inTurn(returns("{\"PhysicalResourceId\":\"id-1\"}"), fails("no"), returns("{}")));
        resource.create(Map.of("A", "1"));
        resource.update(Map.of("A", "2"));
        Answer answer = resource.update(Map.of("A", "3"));

        assertThat(answer.physicalResourceId()).isEqualTo("id-1");
        assertThat(events.getLast().path("PhysicalResourceId").asText()).isEqualTo("id-1");
        assertThat(events.getLast().path("OldResourceProperties").path("A").asText())
                .isEqualTo("1");
    }

    @Test
    void rollbackOfAFailedUpdateSwapsOldAndNew() {
        CustomResource resource = behindProvider(inTurn(returns("{}"), fails("no"), returns("{}")));
        resource.create(Map.of("A", "1"));
        resource.update(Map.of("A", "2"));
        resource.rollBack();

        assertThat(a("ResourceProperties")).isEqualTo("1");
        assertThat(a("OldResourceProperties")).isEqualTo("2");
    }

    @Test
    void rollbackOfASucceededUpdateSwapsOldAndNewToo() {
        CustomResource resource = behindProvider(returns("{}"));
        resource.create(Map.of("A", "1"));
        resource.update(Map.of("A", "2"));
        resource.rollBack();
        assertThat(a("ResourceProperties")).isEqualTo("1");
        assertThat(a("OldResourceProperties")).isEqualTo("2");

        resource.update(Map.of("A", "3"));
        assertThat(a("OldResourceProperties")).isEqualTo("1");
    }

    @Test
    void rollbackNeedsAnUpdate() {
        CustomResource resource = behindProvider(returns("{}"));
        resource.create(Map.of());

        assertThatIllegalStateException().isThrownBy(resource::rollBack);
    }

    @Test
    void providerAnswersWithWhatTheFunctionReturned() {
        Answer answer = behindProvider(
                        returns("{\"PhysicalResourceId\":\"id\",\"Data\":{\"N\":\"9\"},\"NoEcho\":true}"))
                .create(Map.of());

        assertThat(answer.status()).isEqualTo(Status.SUCCESS);
        assertThat(answer.physicalResourceId()).isEqualTo("id");
        assertThat(answer.data()).containsExactly(Map.entry("N", "9"));
        assertThat(answer.noEcho()).isTrue();
    }

    @Test
    void providerIgnoresAStatusThatTheFunctionReturns() {
        assertThat(behindProvider(returns("{\"Status\":\"FAILED\"}"))
                        .create(Map.of())
                        .status())
                .isEqualTo(Status.SUCCESS);
    }

    @Test
    void providerFailsWithTheMessageOfTheError() {
        CustomResource resource = behindProvider(fails("Changeset 'x' failed"));
        Answer answer = resource.create(Map.of());

        assertThat(answer.status()).isEqualTo(Status.FAILED);
        assertThat(answer.reason()).isEqualTo("Changeset 'x' failed");
        assertThat(answer.physicalResourceId()).endsWith("CREATE_FAILED");
    }

    @Test
    void providerFailsWhenTheProcessDies() {
        Answer answer = behindProvider(event -> new Invocation.Exited("r", 137, Duration.ZERO))
                .create(Map.of());

        assertThat(answer.reason()).isEqualTo("RequestId: r Error: Runtime exited with error: signal: killed");
    }

    @Test
    void providerDeletesAResourceWhoseCreateFailedWithoutTheFunction() {
        CustomResource resource = behindProvider(fails("no"));
        resource.create(Map.of());
        Answer answer = resource.delete();

        assertThat(answer.succeeded()).isTrue();
        assertThat(events).hasSize(1);
    }

    @Test
    void providerRefusesAnotherIdOnDelete() {
        CustomResource resource = behindProvider(
                inTurn(returns("{\"PhysicalResourceId\":\"a\"}"), returns("{\"PhysicalResourceId\":\"b\"}")));
        resource.create(Map.of());

        assertThat(resource.delete().reason()).contains("cannot change the physical resource ID", "'a'", "'b'");
    }

    @Test
    void directAnswerIsTheOneInTheBucket() {
        Answer answer = direct("\"Status\":\"SUCCESS\",\"PhysicalResourceId\":\"id\",\"Data\":{\"N\":\"9\"}");

        assertThat(answer.status()).isEqualTo(Status.SUCCESS);
        assertThat(answer.physicalResourceId()).isEqualTo("id");
        assertThat(answer.data()).containsExactly(Map.entry("N", "9"));
    }

    @Test
    void directFailureBringsItsReason() {
        Answer answer = direct("\"Status\":\"FAILED\",\"Reason\":\"why\",\"PhysicalResourceId\":\"id\"");

        assertThat(answer.status()).isEqualTo(Status.FAILED);
        assertThat(answer.reason()).isEqualTo("why");
    }

    @Test
    void directAnswerThatCloudFormationWouldNotReadIsAFailure() {
        assertThat(direct("\"Status\":\"SUCCESS\"").reason()).contains("PhysicalResourceId");
        assertThat(direct("\"Status\":\"DONE\",\"PhysicalResourceId\":\"id\"").reason())
                .contains("'DONE'");
        assertThat(direct("\"Status\":\"FAILED\",\"PhysicalResourceId\":\"id\"").reason())
                .contains("Reason");
        assertThat(direct("\"Status\":\"SUCCESS\",\"PhysicalResourceId\":\"id\",\"Data\":{\"N\":\"" + "x".repeat(4096)
                                + "\"}")
                        .reason())
                .contains("too long");
        assertThat(direct("\"StackId\":\"other\",\"Status\":\"SUCCESS\",\"PhysicalResourceId\":\"id\"")
                        .reason())
                .contains("StackId");
    }

    @Test
    void nothingInTheBucketIsNoAnswer() {
        Answer answer =
                CustomResource.direct(ARN, recorded(returns("null")), bucket).create(Map.of());

        assertThat(answer.status()).isEqualTo(Status.UNANSWERED);
    }

    private String a(String properties) {
        return events.getLast().path(properties).path("A").asText();
    }

    private CustomResource behindProvider(Function<String, Invocation> function) {
        return CustomResource.behindProvider(ARN, recorded(function), bucket);
    }

    private Function<String, Invocation> recorded(Function<String, Invocation> function) {
        return event -> {
            events.add(json(event));
            return function.apply(event);
        };
    }

    private static Function<String, Invocation> returns(String response) {
        return event -> new Invocation.Success(response, Duration.ZERO);
    }

    private static Function<String, Invocation> fails(String message) {
        String raw = JSON.valueToTree(Map.of("errorMessage", message)).toString();
        return event -> new Invocation.FunctionError("E", message, raw, Duration.ZERO);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static Function<String, Invocation> inTurn(Function<String, Invocation>... functions) {
        List<Function<String, Invocation>> left = new ArrayList<>(List.of(functions));
        return event -> left.removeFirst().apply(event);
    }

    // A function that sends an answer with these fields beside those that it must repeat.
    private Answer direct(String fields) {
        return CustomResource.direct(
                        ARN,
                        text -> {
                            JsonNode event = json(text);
                            String repeated = "";
                            for (String name : List.of("StackId", "RequestId", "LogicalResourceId")) {
                                if (!fields.contains("\"" + name + "\"")) {
                                    repeated += ",\"" + name + "\":" + event.path(name);
                                }
                            }
                            put(event.path("ResponseURL").asText(), "{" + fields + repeated + "}");
                            return new Invocation.Success("null", Duration.ZERO);
                        },
                        bucket)
                .create(Map.of());
    }

    private static void put(String url, String body) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .PUT(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
