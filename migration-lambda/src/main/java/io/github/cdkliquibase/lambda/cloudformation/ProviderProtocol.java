package io.github.cdkliquibase.lambda.cloudformation;

import com.amazonaws.services.lambda.runtime.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/**
 * The protocol of a function behind CDK's {@code Provider}, which answers by itself: the function returns, or throws the reason,
 * and never touches the response URL.
 */
final class ProviderProtocol {

    private final String handler;
    private final EventExecutor events;
    private final BooleanSupplier isStuck;
    private final Logger log;

    /**
     * For all events of a function.
     *
     * @param handler name of its class
     * @param isStuck whether work of an event that was answered still goes on
     */
    ProviderProtocol(String handler, EventExecutor events, BooleanSupplier isStuck, Logger log) {
        this.handler = handler;
        this.events = events;
        this.isStuck = isStuck;
        this.log = log;
    }

    /**
     * Does what an event asks for.
     *
     * @return {@code PhysicalResourceId} and {@code Data}
     * @throws Refusal with the reason, if it could not be done, or the event is for the function itself to answer
     */
    Map<String, Object> onEvent(CustomResourceEvent event, Context context) {
        if (event.isSentTo(context.getInvokedFunctionArn())) {
            throw new Refusal(
                    "This function is the service token itself, so its handler must be '%s::handleRequest', not '::onEvent'"
                            .formatted(handler));
        }
        return switch (events.execute(event, context)) {
            case Answer.Success success ->
                Map.of("PhysicalResourceId", success.physicalResourceId(), "Data", success.data());
            case Answer.Failure failure -> throw failed(failure);
        };
    }

    /**
     * Goes on with the work for an event.
     *
     * @param event with the fields that {@link #onEvent} returned
     * @return {@code IsComplete} and {@code Data}, which is that of {@link #onEvent} if the work had ended there
     * @throws Refusal with the reason, if it could not be done
     */
    Map<String, Object> isComplete(Map<?, ?> event, Context context) {
        Optional<Object> data = events.goOn(CustomResourceEvent.from(event), context)
                .<Object>map(answer -> switch (answer) {
                    case Answer.Success success -> success.data();
                    case Answer.Failure failure -> throw failed(failure);
                })
                .or(() -> Optional.<Object>ofNullable(event.get("Data")).filter(Map.class::isInstance));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("IsComplete", true);
        data.ifPresent(each -> answer.put("Data", each));
        return answer;
    }

    private Refusal failed(Answer.Failure failure) {
        if (isStuck.getAsBoolean()) {
            log.warn(ProcessEnd.WHY);
            throw new ProcessEnd(failure.reason());
        }
        return new Refusal(failure.reason());
    }
}
