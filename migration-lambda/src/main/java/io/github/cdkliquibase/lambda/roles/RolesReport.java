package io.github.cdkliquibase.lambda.roles;

import java.util.List;

/**
 * The result of a piece of work on the roles.
 *
 * @param changes the number of changes
 * @param repaired settings of an earlier deploy that were changed since by others, in words; part of the changes
 * @param tables how many tables, views and sequences were probed; zero if nothing was
 */
public record RolesReport(int changes, List<String> repaired, int tables) {

    public RolesReport {
        repaired = List.copyOf(repaired);
    }
}
