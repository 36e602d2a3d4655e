package io.github.cdkliquibase.lambda.roles;

import java.util.List;

/**
 * What became of the roles.
 *
 * @param changes how many things were changed
 * @param repaired what an earlier deploy had set and somebody had changed since, in words; part of the changes
 * @param tables how many tables, views and sequences were probed; zero if nothing was
 */
public record RolesReport(int changes, List<String> repaired, int tables) {

    public RolesReport {
        repaired = List.copyOf(repaired);
    }
}
