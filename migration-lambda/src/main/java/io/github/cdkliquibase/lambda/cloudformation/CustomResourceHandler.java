package io.github.cdkliquibase.lambda.cloudformation;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import io.github.cdkliquibase.lambda.json.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.cloudformation.AbstractCustomResourceHandler;
import software.amazon.lambda.powertools.cloudformation.Response;

/**
 * The entry points of a custom resource, for every kind of resource alike. The {@link ResourceWork} of the kind does what an event
 * asks for.
 *
 * <p>The handler string chooses the protocol. {@code handleRequest} is for a function that is the service token itself, and
 * puts its answer to the response URL. {@code onEvent} and {@code isComplete} are for a function behind CDK's
 * {@code Provider}, which answers by itself: they return or throw, and never touch the URL. Each refuses an event that is
 * meant for another.
 */
public abstract class CustomResourceHandler extends AbstractCustomResourceHandler implements RequestStreamHandler {

    private final ResourceWork work;
    private final DirectProtocol direct;
    private final ProviderProtocol provider;

    /**
     * A handler. It must not fail: a function that does not start answers no event.
     *
     * @param work of the kind of resource, which must not connect to anything before it is called
     * @param sdk the rehearsal that loads classes of the AWS SDK
     */
    protected CustomResourceHandler(ResourceWork work, Rehearsal sdk) {
        this(work, sdk, new ResponseUrlClient());
    }

    private CustomResourceHandler(ResourceWork work, Rehearsal sdk, ResponseUrlClient answers) {
        super(answers);
        Logger log = LoggerFactory.getLogger(getClass());
        String name = getClass().getName();
        EventExecutor events = new EventExecutor(work, log);
        this.work = work;
        this.direct = new DirectProtocol(name, events, answers, sdk);
        this.provider = new ProviderProtocol(name, events, work::isStuck, log);
    }

    // Lambda finds this method both under the handler string '…::handleRequest' and under the bare class name: ahead of
    // the base class's method, because it takes streams.
    // It reads the event itself, so that one of a strange shape is answered too, and leaves the sending to the base
    // class.
    @Override
    public final void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        direct.rehearseAnswer(context);
        Response response = handleRequest(direct.take(read(input), context), context);
        if (work.isStuck()) {
            throw new ProcessEnd("The event is answered. " + ProcessEnd.WHY);
        }
        JsonValues.write(
                output,
                Map.of(
                        "Status", String.valueOf(response.getStatus()),
                        "PhysicalResourceId", response.getPhysicalResourceId()));
    }

    private static CustomResourceEvent read(InputStream input) throws IOException {
        return EventReader.read(input)
                .filter(event -> event.fault() == null || event.responseUrl() != null)
                .orElseThrow(() -> new Refusal("The event is not a JSON object, so no answer can be sent"));
    }

    @Override
    protected final Response create(CloudFormationCustomResourceEvent event, Context context) {
        return direct.respond(event, context);
    }

    @Override
    protected final Response update(CloudFormationCustomResourceEvent event, Context context) {
        return direct.respond(event, context);
    }

    @Override
    protected final Response delete(CloudFormationCustomResourceEvent event, Context context) {
        return direct.respond(event, context);
    }

    // The base class ends quietly here, and CloudFormation would wait for an hour.
    @Override
    protected final void onSendFailure(
            CloudFormationCustomResourceEvent event, Context context, @Nullable Response response, Exception failure) {
        throw new Refusal("The answer could not be sent to CloudFormation's response URL (%s)"
                .formatted(AnswerException.describe(failure)));
    }

    /**
     * The entry point behind CDK's {@code Provider}, as Lambda finds it under {@code …::onEvent}: ahead of the one with maps,
     * because it takes streams. So the 500 classes of Lambda's own JSON parser stay out of a cold start.
     *
     * @throws IOException if the streams fail
     */
    public final void onEvent(InputStream input, OutputStream output, Context context) throws IOException {
        JsonValues.write(output, provider.onEvent(read(input), context));
    }

    /**
     * The entry point behind CDK's {@code Provider}.
     *
     * @param event as CloudFormation made it
     * @return {@code PhysicalResourceId} and {@code Data}
     * @throws RuntimeException with the reason as its message, if the event could not be done
     */
    public final Map<String, Object> onEvent(Map<String, Object> event, Context context) {
        return provider.onEvent(CustomResourceEvent.from(event), context);
    }

    /**
     * The entry point for the waiter of CDK's {@code Provider}.
     *
     * @param event with the fields that {@code onEvent} returned
     * @return {@code IsComplete} and {@code Data}
     * @throws RuntimeException with the reason as its message, if the event could not be done
     */
    public final Map<String, Object> isComplete(Map<String, Object> event, Context context) {
        return provider.isComplete(event, context);
    }
}
