package io.github.cdkliquibase.infra.migration;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.customresources.Provider;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.lambda.IFunction;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

/** CDK's Provider framework in front of a function, with a role that allows it to call this function and no other. */
final class ResourceProvider extends Construct {

    private final Provider provider;

    ResourceProvider(
            Construct scope,
            String id,
            IFunction function,
            @Nullable IKey environmentEncryption,
            RetentionDays logRetention,
            RemovalPolicy logRemovalPolicy) {
        super(scope, id);
        LogGroup logs = LogGroup.Builder.create(this, "Logs")
                .retention(logRetention)
                .removalPolicy(logRemovalPolicy)
                .build();
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
                                        ResourceFunction.writing(logs)))
                                .build()))
                .build();
        provider = Provider.Builder.create(this, "Framework")
                .onEventHandler(function)
                // The Provider would also allow itself every version of the function, and every log group.
                .frameworkOnEventRole(role.withoutPolicyUpdates())
                .providerFunctionEnvEncryption(environmentEncryption)
                .logGroup(logs)
                .build();
    }

    String serviceToken() {
        return provider.getServiceToken();
    }
}
