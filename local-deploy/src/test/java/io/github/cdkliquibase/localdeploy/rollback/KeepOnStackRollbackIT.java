package io.github.cdkliquibase.localdeploy.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.localdeploy.differential.Facet;
import io.github.cdkliquibase.stage.cloudformation.SimulatedStack.OnFailure;
import io.github.cdkliquibase.stage.cloudformation.StackRules;
import io.github.cdkliquibase.stage.cloudformation.StackStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** With {@code OnStackRollback: KEEP} the schema stays as the failed deploy left it. */
final class KeepOnStackRollbackIT extends StackRollbackContract {

    private static final long MILLIS_UNTIL_THE_EVENT_IS_THERE = 300;

    @Override
    String word() {
        return "KEEP";
    }

    @Override
    boolean takesBack() {
        return false;
    }

    // Its answer takes milliseconds, so the process is stopped before it gets the event.
    @Override
    CompletableFuture<Void> dieInTheRollback(RollbackScene scene) {
        stop(stage.function.processId().orElseThrow());
        return CompletableFuture.runAsync(
                stage.function::kill,
                CompletableFuture.delayedExecutor(MILLIS_UNTIL_THE_EVENT_IS_THERE, TimeUnit.MILLISECONDS));
    }

    private static void stop(long process) {
        try {
            assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(process))
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException("The process of the function cannot be stopped", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    // CloudFormation rolls back no update here, so OnStackRollback has no say.
    @Test
    void aFailedCreateIsDeletedAsOnDeleteSays() {
        try (Stage direct = Stage.direct(StackRollbackContract::settings)) {
            RollbackScene retained = failedCreate(direct, "RETAIN");
            RollbackScene dropped = failedCreate(direct, "DROP_ALL");

            assertThat(retained.stack.status()).as(retained.answer().reason()).isEqualTo(StackStatus.ROLLBACK_COMPLETE);
            assertThat(dropped.stack.status()).as(dropped.answer().reason()).isEqualTo(StackStatus.ROLLBACK_COMPLETE);
            assertThat(relations(retained)).contains("customer", "invoice");
            assertThat(relations(dropped)).isEmpty();
            direct.nothingLeaked();
        }
    }

    // The framework of CDK answers that Delete by itself.
    @Test
    void aFailedCreateBehindProviderIsNotDeletedByTheFunction() {
        RollbackScene scene = failedCreate(stage, "DROP_ALL");

        assertThat(scene.stack.status()).isEqualTo(StackStatus.ROLLBACK_COMPLETE);
        assertThat(relations(scene)).contains("customer", "invoice");
    }

    private RollbackScene failedCreate(Stage function, String onDelete) {
        RollbackScene scene = scene(function, StackRules.USUAL, Map.of("OnDelete", onDelete));
        RollbackScene.AtRollback failed = scene.observeRollback();
        scene.deploy(MixedChangelog.whole().failingAt(4), OnFailure.ROLL_BACK);
        assertThat(failed.state().lines(Facet.SCHEMA)).anyMatch(line -> line.startsWith("relation r public.invoice"));
        return scene;
    }

    private static String relations(RollbackScene scene) {
        return Objects.requireNonNullElse(
                Stage.query(
                        scene.database,
                        "select string_agg(relname, ' ') from pg_class where relnamespace = 'public'::regnamespace"),
                "");
    }
}
