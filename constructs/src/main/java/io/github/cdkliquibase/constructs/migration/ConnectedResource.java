package io.github.cdkliquibase.constructs.migration;

import io.github.cdkliquibase.constructs.network.IsolatedNetwork;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awscdk.CustomResource;
import software.amazon.awscdk.Token;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.ec2.IInterfaceVpcEndpoint;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.ILayerVersion;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;
import software.constructs.IConstruct;
import software.constructs.IDependable;

/** A function that connects to a database, with all that lets it connect, and the custom resources that call it. */
final class ConnectedResource {

    private final ConnectionProps props;
    private final String resourceType;
    private final Function function;
    private final LogGroup logs;
    private final String serviceToken;
    private final List<IDependable> awaited;

    /**
     * Makes the function.
     *
     * @param handlerClass in the function's zip, by its simple name
     * @param resourceType of the resources, which begins with {@code Custom::}
     * @param files layers of files that the function needs besides the layers of the properties
     */
    ConnectedResource(
            Construct scope,
            String description,
            String handlerClass,
            String resourceType,
            ConnectionProps props,
            List<ILayerVersion> files) {
        this.props = props;
        this.resourceType = resourceType;
        List<ILayerVersion> layers = new ArrayList<>(files);
        layers.addAll(props.function().layers());
        ResourceFunction resourceFunction = new ResourceFunction(
                scope,
                "Function",
                props.protocol().handler(handlerClass),
                description,
                layers,
                props.function(),
                props.serviceTimeout());
        function = resourceFunction.function();
        logs = resourceFunction.logs();
        awaited = new ArrayList<>(props.target().awaited());
        awaited.add(resourceFunction);
        switch (props.authentication()) {
            case Authentication.WithSecret with -> SecretAccess.grant(function, with.secret());
            case Authentication.WithIam with -> props.target().grantConnect(function, with.username());
        }
        openNetwork(props.function().vpc() != null);
        serviceToken = serviceToken(scope, resourceFunction);
    }

    private void openNetwork(boolean inVpc) {
        IConnectable server = props.target().connectable();
        if (server != null) {
            awaited.addAll(NetworkPath.open(function, server));
        } else if (inVpc) {
            String port = props.target().port();
            NetworkPath.letOut(
                    function,
                    Port.tcp(Token.isUnresolved(port) ? Token.asNumber(port) : Integer.valueOf(port)),
                    "Database");
        }
        List<IInterfaceVpcEndpoint> endpoints = endpoints();
        for (IInterfaceVpcEndpoint endpoint : endpoints) {
            // Not its whole tree: it also holds the rules of its other clients, who may wait for this resource.
            if (endpoint.getNode().getDefaultChild() != null) {
                awaited.add(endpoint.getNode().getDefaultChild());
            }
            awaited.addAll(NetworkPath.open(function, endpoint));
        }
        if (props.network() != null && props.protocol() == Protocol.DIRECT) {
            awaited.add(props.network().s3ForAnswers());
        }
        if (inVpc && (props.protocol() == Protocol.DIRECT || (props.readsSecrets() && endpoints.isEmpty()))) {
            // The addresses of AWS are not known.
            NetworkPath.letOut(function, Port.HTTPS, "AWS services");
        }
    }

    private List<IInterfaceVpcEndpoint> endpoints() {
        List<IInterfaceVpcEndpoint> endpoints = new ArrayList<>(props.vpcEndpoints());
        IsolatedNetwork network = props.network();
        if (network != null && props.readsSecrets()) {
            endpoints.add(network.secretsManager());
        }
        return endpoints;
    }

    private String serviceToken(Construct scope, ResourceFunction resourceFunction) {
        return switch (props.protocol()) {
            case DIRECT -> function.getFunctionArn();
            case PROVIDER ->
                new ResourceProvider(
                                scope,
                                "Provider",
                                resourceFunction,
                                props.function().environmentEncryption(),
                                props.serviceTimeout())
                        .serviceToken();
        };
    }

    Function function() {
        return function;
    }

    LogGroup logs() {
        return logs;
    }

    /** What the function and its resources refer to, besides what the resources wait for. */
    List<IConstruct> needed() {
        List<IConstruct> needed = new ArrayList<>(props.vpcEndpoints());
        FunctionProps frame = props.function();
        needed.addAll(frame.layers());
        needed.addAll(frame.securityGroups());
        if (frame.vpc() != null) {
            needed.add(frame.vpc());
        }
        if (frame.environmentEncryption() != null) {
            needed.add(frame.environmentEncryption());
        }
        IConnectable server = props.target().connectable();
        if (server != null) {
            needed.addAll(server.getConnections().getSecurityGroups());
        }
        if (props.authentication() instanceof Authentication.WithSecret with) {
            needed.add(with.secret());
        }
        return needed;
    }

    /** Makes a resource that calls the function, and waits for all that the function needs. */
    CustomResource resource(Construct scope, String id, SortedMap<String, Object> more) {
        CustomResource resource = CustomResource.Builder.create(scope, id)
                .resourceType(resourceType)
                .serviceToken(serviceToken)
                .serviceTimeout(props.serviceTimeout())
                .properties(properties(more))
                .build();
        resource.getNode().addDependency(awaited.toArray(IDependable[]::new));
        return resource;
    }

    // Sorted, so that the same input gives the same template.
    private SortedMap<String, Object> properties(SortedMap<String, Object> more) {
        SortedMap<String, Object> properties = new TreeMap<>(props.properties());
        properties.putAll(more);
        properties.put("Host", props.target().host());
        properties.put("Port", props.target().port());
        if (props.authentication() instanceof Authentication.WithSecret with) {
            properties.put("SecretArn", with.secret().getSecretArn());
        }
        return properties;
    }

    /** The property that is another one on every deploy. */
    String deployedAt() {
        return props.clock().instant().truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
