package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Membership;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds the roles that a role is a member of, and the paths through other roles. */
final class MembershipPaths {

    private final List<Membership> memberships;

    /**
     * Paths over some of the memberships.
     *
     * @param counts selects the memberships
     */
    MembershipPaths(Catalog catalog, Predicate<Membership> counts) {
        this.memberships = catalog.memberships().stream().filter(counts).toList();
    }

    /**
     * The shortest path to each role that can be reached; a path begins with the role itself. The nearest role comes
     * first.
     */
    Map<String, List<String>> from(String role) {
        Map<String, List<String>> paths = new LinkedHashMap<>(Map.of(role, List.of(role)));
        Deque<String> next = new ArrayDeque<>(List.of(role));
        while (!next.isEmpty()) {
            String member = next.remove();
            for (Membership each : memberships) {
                if (each.member().equals(member) && !paths.containsKey(each.role())) {
                    List<String> longer = new ArrayList<>(paths.getOrDefault(member, List.of()));
                    longer.add(each.role());
                    paths.put(each.role(), longer);
                    next.add(each.role());
                }
            }
        }
        return paths;
    }

    /** The shortest path from a member to a role; empty if there is none. */
    Optional<List<String>> path(String from, String to) {
        return Optional.ofNullable(from(from).get(to));
    }

    /** A path in words. */
    static String shown(List<String> path) {
        return path.stream().map(Text::quote).collect(Collectors.joining(" in "));
    }

    /** The statement that ends a path at its end. */
    static String revokeLast(List<String> path) {
        return revoke(path.get(path.size() - 2), path.get(path.size() - 1));
    }

    /** The statement that ends a path at its beginning. */
    static String revokeFirst(List<String> path) {
        return revoke(path.get(0), path.get(1));
    }

    private static String revoke(String member, String role) {
        return "REVOKE %s FROM %s".formatted(Sql.name(role), Sql.name(member));
    }
}
