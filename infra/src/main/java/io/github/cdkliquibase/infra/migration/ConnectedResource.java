package io.github.cdkliquibase.infra.migration;

import io.github.cdkliquibase.infra.network.IsolatedNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awscdk.CustomResource;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.ec2.IInterfaceVpcEndpoint;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.lambda.Function;
import software.constructs.Construct;
import software.constructs.IDependable;

/** A custom resource whose function connects to a database, with all that lets it connect, in the scope of a construct. */
final class ConnectedResource {

    private final Function function;
    private final CustomResource resource;

    private ConnectedResource(Function function, CustomResource resource) {
        this.function = function;
        this.resource = resource;
    }

    /**
     * Makes function and resource.
     *
     * @param resourceType type of the resource, which begins with {@code Custom::}
     * @param more properties of the resource besides those of the connection
     */
    static ConnectedResource create(
            Construct scope,
            String description,
            String resourceType,
            ConnectionProps props,
            FunctionProps functionProps,
            SortedMap<String, Object> more) {
        ResourceFunction resourceFunction =
                new ResourceFunction(scope, "Function", props.protocol().handler(), description, functionProps);
        Function function = resourceFunction.function();
        List<IDependable> awaited = new ArrayList<>(props.target().awaited());
        awaited.add(resourceFunction);
        switch (props.login()) {
            case Login.WithSecret login -> login.secret().grantRead(function);
            case Login.WithIam login -> props.target().grantConnect(function, login.username());
        }
        IConnectable server = props.target().connectable();
        if (server != null) {
            awaited.addAll(NetworkPath.open(function, server));
        }
        List<IInterfaceVpcEndpoint> endpoints = endpoints(props);
        for (IInterfaceVpcEndpoint endpoint : endpoints) {
            awaited.add(endpoint);
            awaited.addAll(NetworkPath.open(function, endpoint));
        }
        if (props.network() != null && props.protocol() == Protocol.DIRECT) {
            awaited.add(props.network().s3ForAnswers());
        }
        if (functionProps.hasGroupOfItsOwn() && callsAwsWithoutAnEndpoint(props, endpoints)) {
            // The addresses of AWS are not known; where the rule leads is up to the routes of the subnets.
            function.getConnections().allowTo(Peer.anyIpv4(), Port.HTTPS, "AWS services");
        }
        CustomResource resource = CustomResource.Builder.create(scope, "Resource")
                .resourceType(resourceType)
                .serviceToken(serviceToken(scope, function, props.protocol(), functionProps))
                .serviceTimeout(props.serviceTimeout())
                .properties(properties(props, more))
                .build();
        resource.getNode().addDependency(awaited.toArray(IDependable[]::new));
        return new ConnectedResource(function, resource);
    }

    Function function() {
        return function;
    }

    CustomResource resource() {
        return resource;
    }

    private static List<IInterfaceVpcEndpoint> endpoints(ConnectionProps props) {
        List<IInterfaceVpcEndpoint> endpoints = new ArrayList<>(props.vpcEndpoints());
        IsolatedNetwork network = props.network();
        if (network != null && props.login() instanceof Login.WithSecret) {
            endpoints.add(network.secretsManager());
        }
        return endpoints;
    }

    private static boolean callsAwsWithoutAnEndpoint(ConnectionProps props, List<IInterfaceVpcEndpoint> endpoints) {
        return props.protocol() == Protocol.DIRECT || (props.login() instanceof Login.WithSecret && endpoints.isEmpty());
    }

    private static String serviceToken(
            Construct scope, Function function, Protocol protocol, FunctionProps functionProps) {
        return switch (protocol) {
            case DIRECT -> function.getFunctionArn();
            case PROVIDER ->
                new ResourceProvider(
                                scope,
                                "Provider",
                                function,
                                functionProps.environmentEncryption(),
                                functionProps.logRetention(),
                                functionProps.logRemovalPolicy())
                        .serviceToken();
        };
    }

    // Sorted, so that the same input gives the same template.
    private static SortedMap<String, Object> properties(ConnectionProps props, SortedMap<String, Object> more) {
        SortedMap<String, Object> properties = new TreeMap<>(props.properties());
        properties.putAll(more);
        properties.put("Host", props.target().host());
        properties.put("Port", props.target().port());
        if (props.login() instanceof Login.WithSecret login) {
            properties.put("SecretArn", login.secret().getSecretArn());
        }
        return properties;
    }
}
