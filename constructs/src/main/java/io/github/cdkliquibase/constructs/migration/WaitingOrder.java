package io.github.cdkliquibase.constructs.migration;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awscdk.CfnResource;
import software.constructs.IConstruct;

/** Which constructs have to stand before a construct, as far as that is declared: CloudFormation finds the rest. */
final class WaitingOrder {

    private WaitingOrder() {}

    /**
     * The paths of what a construct waits for, and of all that is in it.
     *
     * @param needed what it refers to without waiting for it by name
     */
    static Set<String> awaitedBy(IConstruct construct, Collection<IConstruct> needed) {
        Set<String> reached = new HashSet<>();
        Set<String> asked = new HashSet<>();
        Deque<IConstruct> open = new ArrayDeque<>(construct.getNode().findAll());
        needed.stream().flatMap(WaitingOrder::resource).forEach(open::add);
        while (!open.isEmpty()) {
            IConstruct each = open.pop();
            if (reached.add(path(each))) {
                // What a scope waits for, everything in it waits for.
                each.getNode().getScopes().stream()
                        .filter(scope -> asked.add(path(scope)))
                        .flatMap(scope -> scope.getNode().getDependencies().stream())
                        .flatMap(awaited -> awaited.getNode().findAll().stream())
                        .forEach(open::add);
            }
        }
        return reached;
    }

    /** Whether one of these is the construct or is in it. */
    static boolean holdsOneOf(IConstruct construct, Set<String> paths) {
        String path = path(construct);
        return paths.stream().anyMatch(each -> each.equals(path) || each.startsWith(path + "/"));
    }

    // What is imported is no resource, and nothing has to wait for it.
    private static Stream<IConstruct> resource(IConstruct construct) {
        IConstruct resource = construct instanceof CfnResource
                ? construct
                : construct.getNode().getDefaultChild();
        return resource instanceof CfnResource ? Stream.of(resource) : Stream.empty();
    }

    private static String path(IConstruct construct) {
        return construct.getNode().getPath();
    }
}
