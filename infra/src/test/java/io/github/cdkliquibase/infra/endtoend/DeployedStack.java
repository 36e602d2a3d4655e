package io.github.cdkliquibase.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.constructs.synthesis.DependencyGraph;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.RecordedRequest;
import io.github.cdkliquibase.stage.cloudformation.ResponseBucket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * CloudFormation: brings the functions to what the template says, then sends the events of the custom resources of this
 * library to their service tokens, in the order of their dependencies, and waits for each answer in the bucket. Each event
 * must be answered exactly once.
 */
final class DeployedStack {

    private static final String RESOURCE_TYPES = "Custom::Database";

    private final References.Attributes attributes;
    private final Functions functions;
    private final ResponseBucket bucket;
    private final List<Part> parts;
    private final List<Part> updated = new ArrayList<>();
    private CloudAssembly now;
    private CloudAssembly before;

    private record Part(String name, CustomResource resource) {}

    DeployedStack(
            CloudAssembly assembly, References.Attributes attributes, Functions functions, ResponseBucket bucket) {
        this.attributes = attributes;
        this.functions = functions;
        this.bucket = bucket;
        this.now = assembly;
        this.before = assembly;
        this.parts = inOrder(assembly);
    }

    // What is waited for has fewer to wait for than who waits for it.
    private List<Part> inOrder(CloudAssembly assembly) {
        return assembly.templates().stream()
                .flatMap(template -> {
                    DependencyGraph graph = DependencyGraph.of(template.json());
                    return template.resources()
                            .filter(resource -> resource.type().startsWith(RESOURCE_TYPES))
                            .sorted(Comparator.comparingInt(
                                    resource -> graph.awaitedBy(resource.id()).size()));
                })
                .map(resource -> part(assembly, resource))
                .toList();
    }

    private Part part(CloudAssembly assembly, Template.Resource resource) {
        String serviceToken = new References(assembly, attributes).text(resource, "ServiceToken");
        return new Part(
                resource.name(),
                CustomResource.direct(serviceToken, event -> functions.invoke(serviceToken, event), bucket));
    }

    /** Creates the stack's only custom resource. */
    Answer create() {
        return only(createAll());
    }

    /** Creates one after the other, until one fails. */
    List<Answer> createAll() {
        References references = deploy(now);
        return untilOneFails(part -> part.resource().create(properties(part, references)));
    }

    /** Updates the stack's only custom resource. */
    Answer update(CloudAssembly assembly) {
        return only(updateAll(assembly));
    }

    /** Updates one after the other, until one fails. */
    List<Answer> updateAll(CloudAssembly assembly) {
        before = now;
        now = assembly;
        updated.clear();
        References references = deploy(now);
        return untilOneFails(part -> {
            updated.add(part);
            return part.resource().update(properties(part, references));
        });
    }

    /** Undoes the last update of the stack's only custom resource. */
    Answer rollBack() {
        return only(rollBackAll());
    }

    /** Undoes the last update: the functions first, with their code and layers, then what it came to. */
    List<Answer> rollBackAll() {
        now = before;
        deploy(now);
        return updated.stream()
                .map(part -> answeredOnce(part.resource()::rollBack))
                .toList();
    }

    /** Deletes the stack's only custom resource. */
    Answer delete() {
        return only(deleteAll());
    }

    /** Deletes one after the other, those first that nobody waits for. */
    List<Answer> deleteAll() {
        return parts.reversed().stream()
                .map(part -> answeredOnce(part.resource()::delete))
                .toList();
    }

    private List<Answer> untilOneFails(Function<Part, Answer> sending) {
        List<Answer> answers = new ArrayList<>();
        for (Part part : parts) {
            Answer answer = answeredOnce(() -> sending.apply(part));
            answers.add(answer);
            if (!answer.succeeded()) {
                break;
            }
        }
        return answers;
    }

    private Map<String, Object> properties(Part part, References references) {
        return references.properties(now.named(part.name()));
    }

    // Brings the functions in.
    private References deploy(CloudAssembly assembly) {
        References references = new References(assembly, attributes);
        functions.deploy(arn ->
                FunctionDefinition.of(assembly.named(arn.substring(arn.lastIndexOf(':') + 1)), assembly, references));
        return references;
    }

    private static Answer only(List<Answer> answers) {
        assertThat(answers).as("answers of the stack's only custom resource").hasSize(1);
        return answers.getFirst();
    }

    private Answer answeredOnce(Supplier<Answer> event) {
        int uploads = bucket.uploads().size();
        Answer answer = event.get();
        List<RecordedRequest> sent =
                bucket.uploads().subList(uploads, bucket.uploads().size());
        assertThat(sent)
                .as("what arrived at the response URL; the service token's function ended with %s", answer.invocation())
                .hasSize(1)
                .allMatch(RecordedRequest::accepted);
        return answer;
    }
}
