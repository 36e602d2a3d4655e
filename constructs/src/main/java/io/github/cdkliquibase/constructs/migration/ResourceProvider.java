package io.github.cdkliquibase.constructs.migration;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.customresources.Provider;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.lambda.EventInvokeConfigOptions;
import software.amazon.awscdk.services.lambda.Function;
import software.constructs.Construct;

/**
 * CDK's Provider framework in front of a function, with a role that allows it to call this function and no other.
 *
 * <p>It writes into the function's own log group: when a deploy fails, CDK's command line shows the log group of the function
 * that CloudFormation calls, and this framework has nothing to say.
 */
final class ResourceProvider extends Construct {

    /** What CDK's Provider names the function that CloudFormation calls. */
    private static final String FRAMEWORK_FUNCTION = "framework-onEvent";

    private final Provider provider;

    /**
     * Makes the framework.
     *
     * @param environmentEncryption null for Lambda's own key
     * @param eventAge how old an event may be that it is invoked with
     */
    ResourceProvider(
            Construct scope,
            String id,
            ResourceFunction resourceFunction,
            @Nullable IKey environmentEncryption,
            Duration eventAge) {
        super(scope, id);
        Function function = resourceFunction.function();
        Role role = Role.Builder.create(this, "Role")
                .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
                .description("Of the function of CDK's Provider that calls the function of a custom resource")
                .inlinePolicies(Map.of(
                        "CallTheFunction",
                        PolicyDocument.Builder.create()
                                .statements(List.of(
                                        // It asks whether the function is active when a call could not be made.
                                        PolicyStatement.Builder.create()
                                                .actions(List.of("lambda:GetFunction", "lambda:InvokeFunction"))
                                                .resources(List.of(function.getFunctionArn()))
                                                .build(),
                                        ResourceFunction.writing(resourceFunction.logs())))
                                .build()))
                .build();
        provider = Provider.Builder.create(this, "Framework")
                .onEventHandler(function)
                // The Provider would also allow itself every version of the function, and every log group.
                .frameworkOnEventRole(role.withoutPolicyUpdates())
                .providerFunctionEnvEncryption(environmentEncryption)
                .logGroup(resourceFunction.logs())
                .build();
        ((Function) provider.getNode().findChild(FRAMEWORK_FUNCTION))
                .configureAsyncInvoke(
                        EventInvokeConfigOptions.builder().maxEventAge(eventAge).build());
    }

    String serviceToken() {
        return provider.getServiceToken();
    }
}
