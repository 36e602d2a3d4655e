package io.github.cdkliquibase.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.localdeploy.cloudformation.Answer;
import io.github.cdkliquibase.localdeploy.cloudformation.CustomResource;
import io.github.cdkliquibase.localdeploy.cloudformation.ResponseBucket;
import io.github.cdkliquibase.localdeploy.cloudformation.Upload;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * CloudFormation: brings the functions to what the template says, then sends the event of the one custom resource to its
 * service token, and waits for the answer in the bucket. Each event must be answered exactly once.
 */
final class DeployedStack {

    private static final String RESOURCE_TYPE = "Custom::DatabaseMigration";

    private final References.Attributes attributes;
    private final Functions functions;
    private final ResponseBucket bucket;
    private final CustomResource resource;
    private CloudAssembly now;
    private CloudAssembly before;

    DeployedStack(
            CloudAssembly assembly, References.Attributes attributes, Functions functions, ResponseBucket bucket) {
        this.attributes = attributes;
        this.functions = functions;
        this.bucket = bucket;
        this.now = assembly;
        this.before = assembly;
        String serviceToken = new References(assembly, attributes).text(assembly.only(RESOURCE_TYPE), "ServiceToken");
        this.resource = CustomResource.direct(serviceToken, event -> functions.invoke(serviceToken, event), bucket);
    }

    Answer create() {
        return answeredOnce(() -> resource.create(deploy(now)));
    }

    Answer update(CloudAssembly assembly) {
        before = now;
        now = assembly;
        return answeredOnce(() -> resource.update(deploy(now)));
    }

    /** Undoes the last update: the functions first, with their code and layers, then the custom resource. */
    Answer rollBack() {
        now = before;
        deploy(now);
        return answeredOnce(resource::rollBack);
    }

    Answer delete() {
        return answeredOnce(resource::delete);
    }

    // Brings the functions in, and returns the properties of the custom resource.
    private Map<String, Object> deploy(CloudAssembly assembly) {
        References references = new References(assembly, attributes);
        functions.deploy(arn ->
                FunctionDefinition.of(assembly.named(arn.substring(arn.lastIndexOf(':') + 1)), assembly, references));
        return references.properties(assembly.only(RESOURCE_TYPE));
    }

    private Answer answeredOnce(Supplier<Answer> event) {
        int uploads = bucket.uploads().size();
        Answer answer = event.get();
        List<Upload> sent = bucket.uploads().subList(uploads, bucket.uploads().size());
        assertThat(sent)
                .as("what arrived at the response URL; the service token's function ended with %s", answer.invocation())
                .hasSize(1)
                .allMatch(Upload::accepted);
        return answer;
    }
}
