package io.github.cdkliquibase.constructs.migration;

import io.github.cdkliquibase.constructs.network.IsolatedNetwork;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ec2.IInterfaceVpcEndpoint;

/**
 * What {@link ConnectionBuilder} collected, checked.
 *
 * @param properties those of the custom resource that were set, by their names in the template
 * @param network null if the function runs in a VPC of the caller's, or in none
 */
record ConnectionProps(
        DatabaseTarget target,
        Authentication authentication,
        SortedMap<String, Object> properties,
        Protocol protocol,
        Duration serviceTimeout,
        Clock clock,
        @Nullable IsolatedNetwork network,
        List<IInterfaceVpcEndpoint> vpcEndpoints,
        FunctionProps function) {

    ConnectionProps {
        properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
        vpcEndpoints = List.copyOf(vpcEndpoints);
    }

    /** Whether the function needs Secrets Manager: to connect, or for the password of a role that it keeps. */
    boolean readsSecrets() {
        return readsSecrets(authentication, properties);
    }

    static boolean readsSecrets(Authentication authentication, Map<String, Object> properties) {
        return authentication instanceof Authentication.WithSecret
                || properties.values().stream()
                        .anyMatch(value -> value instanceof Map<?, ?> role && role.containsKey("SecretArn"));
    }
}
