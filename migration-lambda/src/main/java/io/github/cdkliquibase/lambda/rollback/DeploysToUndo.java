package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.engine.NotedDeploy;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The deploys of a resource that are later than the one that a stack goes back to.
 *
 * <p>Later means both: begun after it, and with a later stamp. A clock that is ahead gives a deploy a late stamp, and a later
 * deploy may have completed it since.
 */
final class DeploysToUndo {

    private final List<NotedDeploy> all;
    private final Instant target;

    /**
     * Looks at the deploys of a resource.
     *
     * @param all of them, the oldest first
     * @param target the stamp of the deploy that the stack goes back to
     */
    DeploysToUndo(List<NotedDeploy> all, Instant target) {
        this.all = all;
        this.target = target;
    }

    /** The newest first; empty if the history does not know the deploy with that stamp. */
    Optional<List<NotedDeploy>> newestFirst() {
        for (int i = all.size() - 1; i >= 0; i--) {
            if (stamp(all.get(i)).filter(target::equals).isPresent()) {
                return Optional.of(all.subList(i + 1, all.size()).reversed().stream()
                        .filter(this::isLater)
                        .toList());
            }
        }
        return Optional.empty();
    }

    /** Whether no deploy ever had the target's stamp: the history reaches back to it, and does not have it. */
    boolean neverHadTarget() {
        boolean reachesBack = all.stream().anyMatch(each -> each.isCreation() || !isLater(each));
        return reachesBack && newestFirst().isEmpty();
    }

    private boolean isLater(NotedDeploy deploy) {
        return stamp(deploy).filter(target::isBefore).isPresent();
    }

    private static Optional<Instant> stamp(NotedDeploy deploy) {
        try {
            return deploy.stamp().isEmpty() ? Optional.empty() : Optional.of(Instant.parse(deploy.stamp()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
