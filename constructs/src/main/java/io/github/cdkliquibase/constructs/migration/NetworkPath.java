package io.github.cdkliquibase.constructs.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import software.amazon.awscdk.Names;
import software.amazon.awscdk.services.ec2.Connections;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.constructs.IConstruct;
import software.constructs.IDependable;

/** The rules of security groups that let a client reach a server. */
final class NetworkPath {

    private NetworkPath() {}

    /**
     * Opens the default port of a server to a client.
     *
     * @return the rules between the two, whoever made them and wherever CDK put them, so that somebody can wait for them and
     *     for nothing else: an application that waits for the migration may have a rule beside them
     */
    static List<IDependable> open(IConnectable client, IConnectable server) {
        Connections to = server.getConnections();
        Port port = Objects.requireNonNull(to.getDefaultPort(), "server without a port");
        List<IDependable> rules = new ArrayList<>();
        for (ISecurityGroup guard : to.getSecurityGroups()) {
            for (ISecurityGroup group : client.getConnections().getSecurityGroups()) {
                // Seen from the client: if the two are in different stacks, the rule belongs to the client's.
                guard.addIngressRule(group, port, "Migration", true);
                if (!group.getAllowAllOutbound()) {
                    group.addEgressRule(guard, port, "Migration", false);
                }
                rulesBetween(guard, group).forEach(rules::add);
            }
        }
        return rules;
    }

    /** Lets a client out to addresses that are not known; the routes of its subnets say whether it gets there. */
    static void letOut(IConnectable client, Port port, String description) {
        client.getConnections().getSecurityGroups().stream()
                .filter(group -> !group.getAllowAllOutbound())
                .forEach(group -> group.addEgressRule(Peer.anyIpv4(), port, description));
    }

    // CDK names a rule by the group at its other end, in whichever of the two it puts it.
    private static Stream<IDependable> rulesBetween(ISecurityGroup one, ISecurityGroup other) {
        return Stream.concat(rulesWith(one, other), rulesWith(other, one));
    }

    private static Stream<IDependable> rulesWith(ISecurityGroup group, ISecurityGroup other) {
        String name = Names.nodeUniqueId(other.getNode());
        return group.getNode().getChildren().stream()
                .filter((IConstruct child) -> child.getNode().getId().contains(name))
                .map(IDependable.class::cast);
    }
}
