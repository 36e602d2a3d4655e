package io.github.cdkliquibase.infra.migration;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awscdk.services.ec2.Connections;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.Port;
import software.constructs.IConstruct;
import software.constructs.IDependable;

/** The rules of security groups that let a client reach a server. */
final class NetworkPath {

    private NetworkPath() {}

    /**
     * Opens the default port of a server to a client.
     *
     * @return the rules that were made for it, wherever CDK put them, so that somebody can wait for them and for nothing
     *     else: an application that waits for the migration may have a rule beside them
     */
    static List<IDependable> open(IConnectable client, IConnectable server) {
        Connections from = client.getConnections();
        Connections to = server.getConnections();
        Set<String> before =
                rules(from, to).map(rule -> rule.getNode().getPath()).collect(Collectors.toSet());
        Port port = Objects.requireNonNull(to.getDefaultPort(), "server without a port");
        for (ISecurityGroup guard : to.getSecurityGroups()) {
            for (ISecurityGroup group : from.getSecurityGroups()) {
                // Seen from the client: if the two are in different stacks, the rule belongs to the client's.
                guard.addIngressRule(group, port, "Migration", true);
                if (!group.getAllowAllOutbound()) {
                    group.addEgressRule(guard, port, "Migration", false);
                }
            }
        }
        return rules(from, to)
                .filter(rule -> !before.contains(rule.getNode().getPath()))
                .map(IDependable.class::cast)
                .toList();
    }

    private static Stream<IConstruct> rules(Connections from, Connections to) {
        return Stream.of(from, to)
                .flatMap(connections -> connections.getSecurityGroups().stream())
                .flatMap(group -> group.getNode().getChildren().stream());
    }
}
