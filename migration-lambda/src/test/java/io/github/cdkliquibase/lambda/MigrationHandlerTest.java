package io.github.cdkliquibase.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import io.github.cdkliquibase.lambda.cloudformation.Attribute;
import io.github.cdkliquibase.lambda.cloudformation.CommonAttribute;
import io.github.cdkliquibase.lambda.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.lambda.cloudformation.TestContext;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a door answers when the work behind it cannot even begin. With a database: see the module local-deploy. */
final class MigrationHandlerTest {

    private static final String FUNCTION = "arn:aws:lambda:eu-west-1:1:function:migration";
    private static final TestContext CONTEXT = new TestContext(FUNCTION, 30_000);
    private static final JsonMapper JSON = new JsonMapper();

    private final List<JsonNode> answers = new ArrayList<>();
    private HttpServer bucket;

    @BeforeEach
    void startBucket() throws IOException {
        bucket = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        bucket.createContext("/", exchange -> {
            answers.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        bucket.start();
    }

    @AfterEach
    void stopBucket() {
        bucket.stop(0);
    }

    @Test
    void errorsOfTheJvmAreAnswered() throws IOException {
        for (Error error : List.of(
                new NoClassDefFoundError("some/Driver"),
                new OutOfMemoryError("Java heap space"),
                new StackOverflowError())) {
            answers.clear();

            direct(
                    handler(() -> {
                        throw error;
                    }),
                    event("Create", FUNCTION));

            assertThat(answers).singleElement().satisfies(answer -> {
                assertThat(answer.path("Status").asText()).isEqualTo("FAILED");
                assertThat(answer.path("Reason").asText())
                        .startsWith(error.getClass().getName());
                assertThat(answer.path("PhysicalResourceId").asText()).startsWith("cdk-liquibase-");
            });
        }
    }

    @Test
    void aForeignExceptionsMessageIsNotShown() throws IOException {
        direct(
                handler(() -> {
                    throw new IllegalArgumentException("password=s3cret");
                }),
                event("Create", FUNCTION));

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.toString())
                        .contains("java.lang.IllegalArgumentException")
                        .doesNotContain("s3cret"));
    }

    @Test
    void aLongReasonIsCutTo1024Bytes() throws IOException {
        direct(
                handler(() -> {
                    throw new MigrationException("ä\"\n".repeat(5000));
                }),
                event("Create", FUNCTION));

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.path("Reason").asText().getBytes(StandardCharsets.UTF_8))
                        .hasSizeBetween(1000, 1024));
    }

    @Test
    void anUnknownRequestTypeIsFailedAndNotSucceeded() throws IOException {
        for (String type : java.util.Arrays.<@Nullable String>asList("Destroy", "", null)) {
            answers.clear();
            Map<String, Object> event = event("Create", FUNCTION);
            if (type == null) {
                event.remove("RequestType");
            } else {
                event.put("RequestType", type);
            }

            direct(handler(MigrationHandlerTest::mustNotBeAsked), event);

            assertThat(answers).singleElement().satisfies(answer -> {
                assertThat(answer.path("Status").asText()).isEqualTo("FAILED");
                assertThat(answer.path("Reason").asText())
                        .startsWith("RequestType must be 'Create', 'Update' or 'Delete', got ");
            });
        }
    }

    @Test
    void aDeleteOfAnUnknownIdSucceedsWhateverItsPropertiesAre() throws IOException {
        for (Object properties :
                List.of(Map.of("Port", "x", "Nonsense", "1"), "text", List.of(), Map.of("OnDelete", "DROP_ALL"))) {
            answers.clear();
            Map<String, Object> event = event("Delete", FUNCTION);
            event.put("PhysicalResourceId", "stack-Migration-1ABC");
            event.put("ResourceProperties", properties);

            direct(handler(MigrationHandlerTest::mustNotBeAsked), event);

            assertThat(answers).singleElement().satisfies(answer -> {
                assertThat(answer.path("Status").asText()).isEqualTo("SUCCESS");
                assertThat(answer.path("PhysicalResourceId").asText()).isEqualTo("stack-Migration-1ABC");
            });
        }
    }

    @Test
    void everySuccessSaysWhetherItIsAStackRollback() throws Exception {
        Map<String, Object> event = event("Delete", FUNCTION);
        event.put("PhysicalResourceId", "given");

        direct(handler(MigrationHandlerTest::mustNotBeAsked), event);

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(
                                answer.path("Data").path("StackRollback").asText())
                        .isEqualTo("false"));
    }

    @Test
    void anAnswerHasEveryDeclaredAttributeAndNoOther() {
        Map<String, Object> event = event("Delete", "arn:provider");

        assertThat(handler(MigrationHandlerTest::mustNotBeAsked)
                        .onEvent(event, CONTEXT)
                        .get("Data"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                .containsOnlyKeys(Stream.<Attribute>concat(
                                Stream.of(MigrationAttribute.values()), Stream.of(CommonAttribute.values()))
                        .map(Attribute::key)
                        .toList());
    }

    @Test
    void aStackRollbackSucceedsWithoutADatabase() {
        Map<String, Object> event = event("Update", "arn:provider");
        event.put("PhysicalResourceId", "given");
        event.put("ResourceProperties", Map.of("DeployedAt", "2026-11-19T00:00:00Z", "SecretArn", "arn"));
        event.put("OldResourceProperties", Map.of("DeployedAt", "2026-11-20T00:00:00Z", "SecretArn", "arn"));

        Map<String, Object> answer =
                handler(MigrationHandlerTest::mustNotBeAsked).onEvent(event, CONTEXT);

        assertThat(answer).containsEntry("PhysicalResourceId", "given");
        assertThat(answer.get("Data"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("StackRollback", "true")
                .containsEntry("AppliedChangesets", "0")
                .containsKeys("TotalChangesets", "LastChangeset", "DeploymentId", "RestorePoint", "ElapsedMillis");
    }

    @Test
    void thePhysicalIdIsTheSameForEveryAttemptAndAnotherForAnotherResource() {
        String first = physicalId("stack-1", "Migration");

        assertThat(physicalId("stack-1", "Migration")).isEqualTo(first);
        assertThat(physicalId("stack-2", "Migration")).isNotEqualTo(first);
        assertThat(physicalId("stack-1", "Other")).isNotEqualTo(first);
    }

    private static String physicalId(String stack, String resource) {
        return CustomResourceEvent.from(
                        Map.of("StackId", stack, "LogicalResourceId", resource, "RequestId", "" + System.nanoTime()))
                .physicalResourceId();
    }

    @Test
    void theDirectDoorRefusesAnEventOfAProviderWithoutAnsweringIt() {
        assertThatThrownBy(() -> direct(handler(MigrationHandlerTest::mustNotBeAsked), event("Create", "arn:provider")))
                .hasMessage(
                        "This function is behind a provider, so its handler must be 'io.github.cdkliquibase.lambda.MigrationHandler::onEvent', not '::handleRequest'");
        assertThat(answers).isEmpty();
    }

    @Test
    void theProvidersDoorRefusesAnEventThatNobodyElseWouldAnswer() {
        assertThatThrownBy(
                        () -> handler(MigrationHandlerTest::mustNotBeAsked).onEvent(event("Create", FUNCTION), CONTEXT))
                .hasMessage(
                        "This function is the service token itself, so its handler must be 'io.github.cdkliquibase.lambda.MigrationHandler::handleRequest', not '::onEvent'");
        assertThat(answers).isEmpty();
    }

    @Test
    void theProvidersDoorThrowsTheReasonAndLeavesTheResponseUrlAlone() {
        assertThatThrownBy(() -> handler(() -> {
                            throw new MigrationException("the reason");
                        })
                        .onEvent(event("Create", "arn:provider"), CONTEXT))
                .hasMessage("the reason")
                .hasNoCause()
                .satisfies(refusal -> assertThat(refusal.getStackTrace()).isEmpty());
        assertThat(answers).isEmpty();
    }

    @Test
    void aRunThatOnEventReturnedFromIsComplete() {
        Map<String, Object> event = new HashMap<>(event("Create", "arn:provider"));
        event.put("PhysicalResourceId", "id");
        event.put("Data", Map.of("AppliedChangesets", "3"));

        assertThat(handler(MigrationHandlerTest::mustNotBeAsked).isComplete(event, CONTEXT))
                .isEqualTo(Map.of("IsComplete", true, "Data", Map.of("AppliedChangesets", "3")));
    }

    @Test
    void aBucketThatDoesNotTakeTheAnswerMakesTheFunctionFail() {
        bucket.removeContext("/");
        bucket.createContext("/", exchange -> {
            exchange.sendResponseHeaders(403, -1);
            exchange.close();
        });

        assertThatThrownBy(() -> direct(handler(MigrationHandlerTest::mustNotBeAsked), event("Delete", FUNCTION)))
                .hasMessage("The answer could not be sent to CloudFormation's response URL (HTTP status 403)")
                .hasNoCause();
    }

    @Test
    void anEventWithoutAResponseUrlIsAnErrorOfTheFunction() {
        Map<String, Object> event = event("Create", FUNCTION);
        event.remove("ResponseURL");

        assertThatThrownBy(() -> direct(handler(MigrationHandlerTest::mustNotBeAsked), event))
                .hasMessage("The event has no ResponseURL, so no answer can be sent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "http://a b/s3cret", "http:///s3cret", "https:s3cret", "file:///s3cret"})
    void aResponseUrlThatCannotBeUsedIsAnErrorOfTheFunctionThatDoesNotQuoteIt(String url) {
        Map<String, Object> event = event("Create", FUNCTION);
        event.put("ResponseURL", url);

        assertThatThrownBy(() -> direct(handler(MigrationHandlerTest::mustNotBeAsked), event))
                .hasMessage("The event's ResponseURL is not an HTTP URL, so no answer can be sent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"s3cret\"", "{\"RequestType\": s3cret}", "{\"a\":"})
    void anEventThatIsNoJsonObjectIsAnErrorOfTheFunctionThatDoesNotQuoteIt(String event) {
        MigrationHandler handler = handler(MigrationHandlerTest::mustNotBeAsked);
        byte[] bytes = event.getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() ->
                        handler.handleRequest(new ByteArrayInputStream(bytes), new ByteArrayOutputStream(), CONTEXT))
                .hasMessage("The event is not a JSON object, so no answer can be sent");
        assertThatThrownBy(() -> handler.onEvent(new ByteArrayInputStream(bytes), new ByteArrayOutputStream(), CONTEXT))
                .hasMessage("The event is not a JSON object, so no answer can be sent");
    }

    static final List<String> ODD_FIELDS = List.of(
            "\"" + "n".repeat(60_000) + "\":1",
            "\"x\":" + "[".repeat(2_000) + "]".repeat(2_000),
            "\"x\":" + "{\"ResponseURL\":".repeat(2_000) + "1" + "}".repeat(2_000),
            "\"x\":" + "9".repeat(2_000),
            "\"x\":0." + "9".repeat(2_000),
            "\"x\":1,\"x\":2",
            "\"x\":{\"ServiceToken\":\"arn:other\",\"ResponseURL\":\"http://127.0.0.1:1/\",\"y\":1,\"y\":2}");

    @ParameterizedTest
    @FieldSource("ODD_FIELDS")
    void anEventThatIsRefusedAsAWholeIsAnsweredWhereItsResponseUrlCanBeRead(String odd) throws IOException {
        String event = JSON.writeValueAsString(event("Create", FUNCTION));
        for (String text : List.of(
                "{" + odd + "," + event.substring(1), event.substring(0, event.length() - 1) + "," + odd + "}")) {
            answers.clear();

            send(handler(MigrationHandlerTest::mustNotBeAsked), text);

            assertThat(answers).singleElement().satisfies(answer -> {
                assertThat(answer.path("Status").asText()).isEqualTo("FAILED");
                assertThat(answer.path("Reason").asText())
                        .startsWith("The event has ")
                        .contains("nothing was run");
                assertThat(answer.path("StackId").asText()).isEqualTo("stack");
                assertThat(answer.path("RequestId").asText()).isEqualTo("request");
                assertThat(answer.path("LogicalResourceId").asText()).isEqualTo("Migration");
                assertThat(answer.path("PhysicalResourceId").asText()).startsWith("cdk-liquibase-");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "}", "x", "{}", "\u0000", ",\"x\":"})
    void anEventWithTextBehindItIsAnswered(String behind) throws IOException {
        String event = JSON.writeValueAsString(event("Create", FUNCTION));
        String text = behind.startsWith(",") ? event.substring(0, event.length() - 1) + behind : event + behind;

        send(
                handler(() -> {
                    throw new MigrationException("read");
                }),
                text);

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.path("Reason").asText())
                        .startsWith(behind.isEmpty() ? "read" : "The event is not valid JSON at line 1, column "));
    }

    @Test
    void anEventWithAByteOrderMarkIsRead() throws IOException {
        send(
                handler(() -> {
                    throw new MigrationException("read");
                }),
                "\ufeff" + JSON.writeValueAsString(event("Create", FUNCTION)));

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.path("Reason").asText()).isEqualTo("read"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Behind the fault it may say that it is for a function behind a provider.
                "{\"RequestType\":\"Create\",\"ResponseURL\":\"URL\",\"x\":}",
                // The URL is in a property, or no text.
                "{\"ServiceToken\":\"TOKEN\",\"ResourceProperties\":{\"ResponseURL\":\"URL\"},\"x\":1,\"x\":1}",
                "{\"ServiceToken\":\"TOKEN\",\"ResponseURL\":[\"URL\"],\"x\":1,\"x\":1}",
                "{\"ServiceToken\":\"TOKEN\",\"ResponseURL\":\"URL\",\"ResponseURL\":null}",
                "[{\"ServiceToken\":\"TOKEN\",\"ResponseURL\":\"URL\",\"x\":1,\"x\":1}]",
                // It is for a provider.
                "{\"ServiceToken\":\"arn:provider\",\"ResponseURL\":\"URL\",\"x\":1,\"x\":1}",
                "{\"ResponseURL\":\"URL\",\"ResourceProperties\":{\"a\":{},\"ServiceToken\":\"arn:provider\"},\"x\":1,\"x\":1}"
            })
    void anOddEventIsNotAnsweredWhereThatIsNotSurelyRight(String event) {
        String text = event.replace("\"URL\"", "\"" + url() + "\"").replace("TOKEN", FUNCTION);

        assertThatThrownBy(() -> send(handler(MigrationHandlerTest::mustNotBeAsked), text))
                .isInstanceOf(RuntimeException.class);
        assertThat(answers).isEmpty();
    }

    @Test
    void theProvidersDoorRefusesAnOddEventWithTheSameReason() throws IOException {
        String event = JSON.writeValueAsString(event("Create", "arn:provider"));
        byte[] odd = ("{\"x\":1,\"x\":2," + event.substring(1)).getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> handler(MigrationHandlerTest::mustNotBeAsked)
                        .onEvent(new ByteArrayInputStream(odd), new ByteArrayOutputStream(), CONTEXT))
                .hasMessageStartingWith("The event has two fields of the same name");
        assertThat(answers).isEmpty();
    }

    @Test
    void theBaseClassesOwnMethodAnswersToo() {
        var event = new com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent();
        event.setRequestType("Delete");
        event.setResponseUrl(url());
        event.setPhysicalResourceId("given");

        handler(MigrationHandlerTest::mustNotBeAsked).handleRequest(event, CONTEXT);

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer.path("Status").asText()).isEqualTo("SUCCESS"));
    }

    private static Migration mustNotBeAsked() {
        throw new AssertionError("Nothing was to be run");
    }

    private static MigrationHandler handler(Supplier<Migration> wiring) {
        return new MigrationHandler(wiring);
    }

    private static void direct(MigrationHandler handler, Map<String, Object> event) throws IOException {
        send(handler, JSON.writeValueAsString(event));
    }

    private static void send(MigrationHandler handler, String event) throws IOException {
        handler.handleRequest(
                new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), new ByteArrayOutputStream(), CONTEXT);
    }

    private String url() {
        return "http://127.0.0.1:" + bucket.getAddress().getPort() + "/answer?X-Amz-Signature=abc";
    }

    private Map<String, Object> event(String type, String serviceToken) {
        Map<String, Object> event = new HashMap<>();
        event.put("RequestType", type);
        event.put("ServiceToken", serviceToken);
        event.put("ResponseURL", url());
        event.put("StackId", "stack");
        event.put("RequestId", "request");
        event.put("LogicalResourceId", "Migration");
        event.put("ResourceProperties", Map.of("SecretArn", "arn"));
        return event;
    }
}
