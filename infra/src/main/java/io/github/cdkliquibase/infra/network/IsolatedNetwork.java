package io.github.cdkliquibase.infra.network;

import java.util.List;
import software.amazon.awscdk.services.ec2.IInterfaceVpcEndpoint;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.constructs.Construct;

/**
 * A VPC with no way to or from the internet: isolated subnets in two availability zones, no NAT gateway.
 *
 * <p>Secrets Manager is reached through an interface endpoint in these subnets. The endpoint is closed until its
 * connections are opened to a client.
 */
public final class IsolatedNetwork extends Construct {

    private final Vpc vpc;
    private final IInterfaceVpcEndpoint secretsManager;

    public IsolatedNetwork(Construct scope, String id) {
        super(scope, id);
        vpc = Vpc.Builder.create(this, "Vpc")
                .maxAzs(2)
                .natGateways(0)
                .subnetConfiguration(List.of(SubnetConfiguration.builder()
                        .name("Isolated")
                        .subnetType(SubnetType.PRIVATE_ISOLATED)
                        .build()))
                .build();
        secretsManager = vpc.addInterfaceEndpoint(
                "SecretsManager",
                InterfaceVpcEndpointOptions.builder()
                        .service(InterfaceVpcEndpointAwsService.SECRETS_MANAGER)
                        .subnets(SubnetSelection.builder()
                                .subnetType(SubnetType.PRIVATE_ISOLATED)
                                .build())
                        .open(false)
                        .build());
    }

    /** The VPC; all its subnets are isolated. */
    public IVpc vpc() {
        return vpc;
    }

    /** The endpoint of Secrets Manager, open to nobody yet. */
    public IInterfaceVpcEndpoint secretsManager() {
        return secretsManager;
    }
}
