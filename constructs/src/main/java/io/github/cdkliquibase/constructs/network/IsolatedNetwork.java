package io.github.cdkliquibase.constructs.network;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.ec2.FlowLogDestination;
import software.amazon.awscdk.services.ec2.FlowLogOptions;
import software.amazon.awscdk.services.ec2.FlowLogTrafficType;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpoint;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.IGatewayVpcEndpoint;
import software.amazon.awscdk.services.ec2.IInterfaceVpcEndpoint;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpoint;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

/**
 * A VPC with no way to or from the internet: isolated subnets, no NAT gateway. What is refused at its network interfaces is
 * logged.
 *
 * <p>It has the endpoints that somebody asked for, and no others: each costs money, and is a way out.
 */
public final class IsolatedNetwork extends Construct {

    private static final SubnetSelection ISOLATED =
            SubnetSelection.builder().subnetType(SubnetType.PRIVATE_ISOLATED).build();

    private final Vpc vpc;
    private @Nullable InterfaceVpcEndpoint secretsManager;
    private @Nullable GatewayVpcEndpoint s3;

    /** A network of two availability zones, with the addresses that CDK takes by default. */
    public IsolatedNetwork(Construct scope, String id) {
        this(scope, id, new IsolatedNetworkProps());
    }

    public IsolatedNetwork(Construct scope, String id, IsolatedNetworkProps props) {
        super(scope, id);
        vpc = Vpc.Builder.create(this, "Vpc")
                .ipAddresses(props.ipAddresses())
                .maxAzs(props.maxAzs())
                .natGateways(0)
                .subnetConfiguration(List.of(SubnetConfiguration.builder()
                        .name("Isolated")
                        .subnetType(SubnetType.PRIVATE_ISOLATED)
                        .build()))
                .build();
        LogGroup refused = LogGroup.Builder.create(this, "RefusedTraffic")
                .retention(RetentionDays.ONE_MONTH)
                .removalPolicy(RemovalPolicy.DESTROY)
                .build();
        vpc.addFlowLog(
                "FlowLog",
                FlowLogOptions.builder()
                        .destination(FlowLogDestination.toCloudWatchLogs(refused))
                        .trafficType(FlowLogTrafficType.REJECT)
                        .build());
    }

    /** The VPC; all its subnets are isolated. */
    public IVpc vpc() {
        return vpc;
    }

    /**
     * The endpoint of Secrets Manager, open to nobody yet; made when it is asked for first. It lets nothing through but the
     * reading of secrets of this account.
     */
    public IInterfaceVpcEndpoint secretsManager() {
        if (secretsManager == null) {
            secretsManager = vpc.addInterfaceEndpoint(
                    "SecretsManager",
                    InterfaceVpcEndpointOptions.builder()
                            .service(InterfaceVpcEndpointAwsService.SECRETS_MANAGER)
                            .subnets(ISOLATED)
                            .open(false)
                            .build());
            secretsManager.addToPolicy(PolicyStatement.Builder.create()
                    .principals(List.of(new AnyPrincipal()))
                    .actions(List.of("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"))
                    .resources(List.of("*"))
                    .conditions(Map.of(
                            "StringEquals",
                            new TreeMap<>(Map.of(
                                    "aws:PrincipalAccount", Aws.ACCOUNT_ID, "aws:ResourceAccount", Aws.ACCOUNT_ID))))
                    .build());
        }
        return Objects.requireNonNull(secretsManager);
    }

    /**
     * The gateway to S3 through which a function answers CloudFormation by itself; made when it is asked for first. It
     * lets nothing through but answers to custom resources of this region.
     */
    public IGatewayVpcEndpoint s3ForAnswers() {
        if (s3 == null) {
            s3 = vpc.addGatewayEndpoint(
                    "S3",
                    GatewayVpcEndpointOptions.builder()
                            .service(GatewayVpcEndpointAwsService.S3)
                            .subnets(List.of(ISOLATED))
                            .build());
            // The bucket's name holds the region without its dashes: cloudformation-custom-resource-response-useast1.
            String region = Fn.join("", Fn.split("-", Aws.REGION));
            s3.addToPolicy(PolicyStatement.Builder.create()
                    .principals(List.of(new AnyPrincipal()))
                    .actions(List.of("s3:PutObject"))
                    .resources(List.of(
                            "arn:" + Aws.PARTITION + ":s3:::cloudformation-custom-resource-response-" + region + "/*"))
                    .build());
        }
        return Objects.requireNonNull(s3);
    }
}
