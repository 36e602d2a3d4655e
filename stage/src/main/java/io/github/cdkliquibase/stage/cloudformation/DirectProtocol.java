package io.github.cdkliquibase.stage.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer.Status;
import io.github.cdkliquibase.stage.function.Invocation;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** The function answers by itself: the first answer that the bucket takes in counts, if it is well formed. */
final class DirectProtocol implements Protocol {

    private static final int LONGEST_ANSWER = 4096;

    private final ResponseBucket bucket;

    DirectProtocol(ResponseBucket bucket) {
        this.bucket = bucket;
    }

    @Override
    public Answer send(CustomResourceEvent event, Function<String, Invocation> function) {
        Invocation invocation = function.apply(event.json());
        String knownId = Objects.requireNonNullElse(event.physicalResourceId(), "");
        Optional<RecordedRequest> upload = bucket.uploads(event.responseUrl()).stream()
                .filter(RecordedRequest::accepted)
                .findFirst();
        if (upload.isEmpty()) {
            return new Answer(
                    Status.UNANSWERED,
                    "Nothing arrived at the response URL: the stack would hang until ServiceTimeout has passed",
                    knownId,
                    Map.of(),
                    false,
                    invocation);
        }
        JsonNode answer = ResultReader.parse(upload.get().body());
        String fault = fault(event, upload.get(), answer);
        if (!fault.isEmpty()) {
            return new Answer(Status.FAILED, fault, knownId, Map.of(), false, invocation);
        }
        return new Answer(
                Status.valueOf(answer.path("Status").asText()),
                answer.path("Status").asText().equals("SUCCESS")
                        ? ""
                        : answer.path("Reason").asText(""),
                answer.path("PhysicalResourceId").asText(knownId),
                ResultReader.data(answer.path("Data")),
                answer.path("NoEcho").asBoolean(),
                invocation);
    }

    // What CloudFormation would refuse the answer for; empty if nothing.
    private static String fault(CustomResourceEvent event, RecordedRequest upload, JsonNode answer) {
        if (upload.size() > LONGEST_ANSWER) {
            return "Response object is too long: %d bytes, and at most 4096 are allowed".formatted(upload.size());
        }
        if (!answer.isObject()) {
            return "The answer is not a JSON object";
        }
        String status = answer.path("Status").asText();
        if (!status.equals("SUCCESS") && !status.equals("FAILED")) {
            return "Status of the answer must be 'SUCCESS' or 'FAILED', got '%s'".formatted(status);
        }
        boolean same = answer.path("StackId").asText().equals(event.stackId())
                && answer.path("RequestId").asText().equals(event.requestId())
                && answer.path("LogicalResourceId").asText().equals(event.logicalResourceId());
        if (!same) {
            return "StackId, RequestId and LogicalResourceId of the answer must be those of the request";
        }
        if (answer.path("PhysicalResourceId").asText("").isEmpty()) {
            return "Invalid PhysicalResourceId: the answer has none";
        }
        if (status.equals("FAILED") && answer.path("Reason").asText("").isEmpty()) {
            return "Reason is required when the status is 'FAILED'";
        }
        return "";
    }
}
