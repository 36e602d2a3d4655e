package io.github.cdkliquibase.lambda.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.lambda.engine.ChangesetKey;
import io.github.cdkliquibase.lambda.engine.HistoryEntry;
import io.github.cdkliquibase.lambda.engine.KeptWayBack;
import io.github.cdkliquibase.lambda.engine.NotedDeploy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class UndoPlanTest {

    private static final List<NotedDeploy> TWO_DEPLOYS = List.of(
            new NotedDeploy("newer", "2026-11-28T12:00:00Z", false, "2"),
            new NotedDeploy("older", "2026-11-28T11:00:00Z", false, "1"));

    @Test
    void theNewestChangesetIsTheFirst() throws NotUndoneException {
        List<Undo> steps = UndoPlan.of(
                TWO_DEPLOYS,
                List.of(way("older", "a", 1), way("older", "b", 2), way("newer", "c", 1), way("newer", "d", 2)),
                List.of(row("older", "a"), row("older", "b"), row("newer", "c"), row("newer", "d")));

        assertThat(steps).extracting(step -> step.changeset().id()).containsExactly("d", "c", "b", "a");
    }

    @Test
    void aRepeatedChangesetGoesBackRowByRow() throws NotUndoneException {
        KeptWayBack repeated =
                new KeptWayBack("newer", key("a"), 1, Optional.of(List.of()), "", Optional.of("{}"), "older");

        List<Undo> steps =
                UndoPlan.of(TWO_DEPLOYS, List.of(way("older", "a", 1), repeated), List.of(row("newer", "a")));

        assertThat(steps).extracting(Undo::deployment).containsExactly("newer", "older");
    }

    @Test
    void aMarkedChangesetLosesItsRow() throws NotUndoneException {
        List<Undo> steps = UndoPlan.of(TWO_DEPLOYS, List.of(), List.of(new HistoryEntry(key("a"), "newer", true)));

        assertThat(steps).containsExactly(new Undo(key("a"), "newer", List.of(), true, Optional.empty()));
    }

    @Test
    void aChangesetWithoutAWayBackIsRefused() {
        KeptWayBack none = new KeptWayBack("newer", key("a"), 1, Optional.empty(), "it is Java", Optional.empty(), "");

        assertThatThrownBy(() -> UndoPlan.of(TWO_DEPLOYS, List.of(none), List.of(row("newer", "a"))))
                .isInstanceOf(NotUndoneException.class)
                .hasMessage("changeset 'f.sql::a::ann' has no way back: it is Java");
    }

    @Test
    void aRowWithoutAWayBackIsRefused() {
        assertThatThrownBy(() -> UndoPlan.of(TWO_DEPLOYS, List.of(), List.of(row("older", "a"))))
                .isInstanceOf(NotUndoneException.class)
                .hasMessage("changeset 'f.sql::a::ann' has no way back: none was kept when it was applied");
    }

    @Test
    void aRowThatIsGoneIsRefused() {
        assertThatThrownBy(() -> UndoPlan.of(TWO_DEPLOYS, List.of(way("newer", "a", 1)), List.of()))
                .isInstanceOf(NotUndoneException.class)
                .hasMessage("the history no longer has changeset 'f.sql::a::ann' as the deploy has written it");
    }

    private static ChangesetKey key(String id) {
        return new ChangesetKey(id, "ann", "f.sql");
    }

    private static KeptWayBack way(String deployment, String id, int place) {
        return new KeptWayBack(
                deployment, key(id), place, Optional.of(List.of("drop table " + id)), "", Optional.empty(), "");
    }

    private static HistoryEntry row(String deployment, String id) {
        return new HistoryEntry(key(id), deployment, false);
    }
}
