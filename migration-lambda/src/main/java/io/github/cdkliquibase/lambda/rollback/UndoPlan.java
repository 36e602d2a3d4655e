package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.engine.ChangesetKey;
import io.github.cdkliquibase.lambda.engine.HistoryEntry;
import io.github.cdkliquibase.lambda.engine.KeptWayBack;
import io.github.cdkliquibase.lambda.engine.NotedDeploy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides, before the first statement, whether all changesets of the deploys can be undone, and in which order. */
final class UndoPlan {

    private final List<KeptWayBack> ways;
    private final List<HistoryEntry> history;
    private final Map<ChangesetKey, String> newest = new HashMap<>();

    private UndoPlan(List<KeptWayBack> ways, List<HistoryEntry> history) {
        this.ways = ways;
        this.history = history;
        history.forEach(entry -> newest.put(entry.changeset(), entry.deployment()));
    }

    /**
     * The steps, the newest changeset first.
     *
     * @param deploys that are undone, the newest first
     * @param ways back of their changesets
     * @param history the rows that these deploys have written in Liquibase's history
     * @throws NotUndoneException if one of the changesets has no way back
     */
    static List<Undo> of(List<NotedDeploy> deploys, List<KeptWayBack> ways, List<HistoryEntry> history)
            throws NotUndoneException {
        UndoPlan plan = new UndoPlan(ways, history);
        List<Undo> steps = new ArrayList<>();
        for (NotedDeploy deploy : deploys) {
            steps.addAll(plan.of(deploy.id()));
        }
        return steps;
    }

    private List<Undo> of(String deployment) throws NotUndoneException {
        List<Undo> steps = new ArrayList<>();
        for (KeptWayBack way : ways.stream()
                .filter(each -> each.deployment().equals(deployment))
                .sorted(Comparator.comparingInt(KeptWayBack::place).reversed())
                .toList()) {
            steps.add(step(way));
        }
        for (HistoryEntry entry : history) {
            // This row has no way back.
            if (deployment.equals(newest.get(entry.changeset()))
                    && entry.deployment().equals(deployment)) {
                steps.add(marked(entry));
            }
        }
        return steps;
    }

    private Undo step(KeptWayBack way) throws NotUndoneException {
        ChangesetKey changeset = way.changeset();
        if (!way.deployment().equals(newest.get(changeset))) {
            throw new NotUndoneException(
                    "the history no longer has changeset '%s' as the deploy has written it".formatted(changeset));
        }
        if (way.statements().isEmpty()) {
            throw new NotUndoneException("changeset '%s' has no way back: %s".formatted(changeset, way.whyNone()));
        }
        if (way.rowBefore().isPresent()) {
            newest.put(changeset, way.deploymentBefore());
        } else {
            newest.remove(changeset);
        }
        return new Undo(changeset, way.deployment(), way.statements().get(), false, way.rowBefore());
    }

    private Undo marked(HistoryEntry entry) throws NotUndoneException {
        if (!entry.isMarkedOnly()) {
            throw new NotUndoneException(
                    "changeset '%s' has no way back: none was kept when it was applied".formatted(entry.changeset()));
        }
        newest.remove(entry.changeset());
        return new Undo(entry.changeset(), entry.deployment(), List.of(), true, Optional.empty());
    }
}
