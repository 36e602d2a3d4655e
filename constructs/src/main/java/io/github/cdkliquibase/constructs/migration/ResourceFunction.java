package io.github.cdkliquibase.constructs.migration;

import io.github.cdkliquibase.constructs.nag.NagFindings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Validations;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.Policy;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.ILayerVersion;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.logs.ILogGroup;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

/**
 * A Lambda function behind a custom resource, with a log group and a role of its own. The role allows network interfaces
 * and this one log group, and what is granted to the function later. With network interfaces only Lambda itself can do something, not the code of
 * the function.
 */
final class ResourceFunction extends Construct {

    /**
     * A locale that Lambda's image for Java 21 has. The one that it names by itself, en_US.UTF-8, is not installed, and without
     * a locale Java takes the names of files for ASCII. See aws/aws-lambda-base-images#234.
     */
    private static final String UTF_8_LOCALE = "C.UTF-8";

    private final Function function;
    private final LogGroup logs;

    /**
     * Makes the function.
     *
     * @param description says what it does
     * @param layers all of its layers
     * @param eventAge how old an event may be that it is invoked with; CloudFormation waits for an answer no longer
     */
    ResourceFunction(
            Construct scope,
            String id,
            String handler,
            String description,
            List<ILayerVersion> layers,
            FunctionProps props,
            Duration eventAge) {
        super(scope, id);
        // A group that CDK makes by itself would have the name of ours, and not its retention.
        getNode().setContext("@aws-cdk/aws-lambda:useCdkManagedLogGroup", false);
        Role role = Role.Builder.create(this, "Role")
                .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
                .description("Of a function that works on a database for CloudFormation")
                .inlinePolicies(props.vpc() == null ? Map.of() : Map.of("NetworkInterfaces", networkInterfaces()))
                .build();
        function = Function.Builder.create(this, "Function")
                .description(FunctionArchive.description(description, props.archive()))
                .runtime(Runtime.JAVA_21)
                .architecture(props.architecture())
                .handler(handler)
                .code(FunctionArchive.code(props.archive()))
                .layers(layers)
                .memorySize(props.memorySize())
                .timeout(props.timeout())
                // Lambda runs an asynchronous invocation that failed twice more; a changelog runs once a deploy.
                .retryAttempts(0)
                // CloudFormation has given such an event up, and may have sent others since.
                .maxEventAge(eventAge)
                .role(role)
                .environment(Map.of("LC_ALL", UTF_8_LOCALE))
                .environmentEncryption(props.environmentEncryption())
                .vpc(props.vpc())
                .vpcSubnets(subnets(props))
                .securityGroups(securityGroups(props))
                .build();
        acknowledgeJava21();
        logs = logs(props);
        Policy.Builder.create(this, "WriteLogs")
                .statements(List.of(writing(logs)))
                .roles(List.of(role))
                .build();
        if (props.vpc() != null) {
            Policy.Builder.create(this, "LeaveNetworkInterfaces")
                    .statements(List.of(leavingNetworkInterfacesToLambda()))
                    .roles(List.of(role))
                    .build();
        }
    }

    Function function() {
        return function;
    }

    LogGroup logs() {
        return logs;
    }

    // What the function may reach is added to its own group rule by rule.
    private @Nullable List<ISecurityGroup> securityGroups(FunctionProps props) {
        if (props.vpc() == null) {
            return null;
        }
        if (!props.securityGroups().isEmpty()) {
            return props.securityGroups();
        }
        return List.of(SecurityGroup.Builder.create(this, "SecurityGroup")
                .vpc(props.vpc())
                .description("Of a function that works on a database for CloudFormation")
                .allowAllOutbound(false)
                .build());
    }

    private static @Nullable SubnetSelection subnets(FunctionProps props) {
        IVpc vpc = props.vpc();
        if (vpc == null || props.vpcSubnets() != null) {
            return props.vpcSubnets();
        }
        boolean isolated = !vpc.getIsolatedSubnets().isEmpty();
        boolean withEgress = !vpc.getPrivateSubnets().isEmpty();
        return SubnetSelection.builder()
                .subnetType(
                        isolated && !(withEgress && props.needsAWayOut())
                                ? SubnetType.PRIVATE_ISOLATED
                                : SubnetType.PRIVATE_WITH_EGRESS)
                .build();
    }

    // What Lambda does in the function's name to put it into a VPC. Deleting must be allowed on every resource, or the
    // function is refused; the Describe actions know no resources.
    private PolicyDocument networkInterfaces() {
        // Of whatever account, because a subnet may be one that another account shares.
        String anything = "arn:" + Aws.PARTITION + ":ec2:" + Aws.REGION + ":*:*/*";
        Validations.of(this)
                .acknowledge(
                        NagFindings.acknowledged(
                                "AwsSolutions-IAM5[Resource::*]",
                                "DescribeNetworkInterfaces and DescribeSubnets, which Lambda needs to put a function into a VPC, cannot be limited to resources"),
                        NagFindings.acknowledged(
                                "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:*:*/*]",
                                "Lambda makes and removes the network interfaces of a function in a VPC in its name; their ids are not known before, and Lambda refuses a role that names some of them only"));
        return PolicyDocument.Builder.create()
                .statements(List.of(
                        PolicyStatement.Builder.create()
                                .actions(List.of(
                                        "ec2:AssignPrivateIpAddresses",
                                        "ec2:CreateNetworkInterface",
                                        "ec2:DeleteNetworkInterface",
                                        "ec2:UnassignPrivateIpAddresses"))
                                .resources(List.of(anything))
                                .build(),
                        PolicyStatement.Builder.create()
                                .actions(List.of("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"))
                                .resources(List.of("*"))
                                .build()))
                .build();
    }

    // Lambda itself works with the role too, but not from inside of the function: only requests of the function's own
    // code carry the function's ARN. CloudFormation gives the ARN, so this is a policy of its own, after the function.
    private PolicyStatement leavingNetworkInterfacesToLambda() {
        return PolicyStatement.Builder.create()
                .effect(Effect.DENY)
                .actions(List.of(
                        "ec2:AssignPrivateIpAddresses",
                        "ec2:CreateNetworkInterface",
                        "ec2:DeleteNetworkInterface",
                        "ec2:DescribeNetworkInterfaces",
                        "ec2:DescribeSubnets",
                        "ec2:DetachNetworkInterface",
                        "ec2:UnassignPrivateIpAddresses"))
                .resources(List.of("*"))
                .conditions(Map.of("ArnEquals", Map.of("lambda:SourceFunctionArn", function.getFunctionArn())))
                .build();
    }

    // The name is the one that Lambda and CDK's Provider take for granted. It holds the function's name, which
    // CloudFormation gives, so the group comes after the function.
    private LogGroup logs(FunctionProps props) {
        return LogGroup.Builder.create(this, "Logs")
                .logGroupName("/aws/lambda/" + function.getFunctionName())
                .retention(props.logRetention())
                .removalPolicy(props.logRemovalPolicy())
                .build();
    }

    static PolicyStatement writing(ILogGroup logs) {
        return PolicyStatement.Builder.create()
                .actions(List.of("logs:CreateLogStream", "logs:PutLogEvents"))
                .resources(List.of(logs.getLogGroupArn()))
                .build();
    }

    private void acknowledgeJava21() {
        Validations.of(this)
                .acknowledge(
                        NagFindings.acknowledged(
                                "AwsSolutions-L1",
                                "Java 21 is a runtime with long-term support, and the one that the function is built and tested for"));
    }
}
