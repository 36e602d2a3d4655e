package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.localdeploy.contract.FaultScene.State;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.RecordedRequest;
import io.github.cdkliquibase.stage.function.Invocation;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever happens to a run, at each of its steps: what passes is survived in the same run, what lasts is told before the
 * function's time is up, and nothing is left for a person to clear.
 *
 * <p>Four tables beside one another: most of their time is spent waiting for a fault to be noticed, or to last.
 */
@Tag("slow")
final class FaultsIT {

    /** Long enough for what passes, also on a busy machine. */
    private static final Duration LONG = Duration.ofSeconds(15);

    /** A fault that lasts is waited for until the end. */
    private static final Duration SHORT = Duration.ofSeconds(6);

    private static final Step[] WITHOUT_A_SESSION = {Step.BEFORE_CONNECT, Step.ANSWER};

    @Nested
    final class WhatEndsTheConnection extends FaultTable {

        WhatEndsTheConnection() {
            super(LONG);
        }

        @Override
        Stream<Arguments> table() {
            return Stream.of(
                            everywhereBut(Fault.SERVER_RESTARTED),
                            everywhereBut(Fault.SERVER_PROCESS_KILLED, WITHOUT_A_SESSION),
                            everywhereBut(Fault.SESSION_TERMINATED, WITHOUT_A_SESSION),
                            everywhereBut(Fault.NETWORK_RESET),
                            // While the answer is on its way there is nothing to write.
                            everywhereBut(Fault.READ_ONLY_FOR_A_WHILE, Step.ANSWER))
                    .flatMap(row -> row);
        }

        /** Outside of a transaction what is done stays done, and is not done again. */
        @ParameterizedTest
        @EnumSource(names = {"SERVER_RESTARTED", "SERVER_PROCESS_KILLED", "SESSION_TERMINATED", "NETWORK_RESET"})
        @Execution(ExecutionMode.SAME_THREAD)
        void aChangesetOutsideATransactionGoesOnWhereItWas(Fault fault) {
            stage().sql(FaultScene.changelog("runInTransaction:false"));
            try (FaultScene scene = FaultScene.open(stage(), server())) {
                Answer answer = scene.runInto(fault, Step.IN_THE_MIDDLE);

                assertThat(answer.status()).as(answer.reason()).isEqualTo(Answer.Status.SUCCESS);
                assertThat(answer.data()).containsEntry("AppliedChangesets", "3");
                assertThat(scene.logged("changeset.resumed")).isTrue();
                FaultTable.assertGoesOn(scene, FaultScene.CHANGESETS);
            } finally {
                stage().sql(FaultScene.changelog(""));
            }
        }
    }

    @Nested
    final class WhatStopsTheFunction extends FaultTable {

        WhatStopsTheFunction() {
            super(LONG);
        }

        @Override
        Stream<Arguments> table() {
            return everywhereBut(Fault.NETWORK_INTERRUPTED);
        }

        /** Nobody is left to answer: ServiceTimeout ends it, and then the next run goes on. */
        @ParameterizedTest
        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ANSWER")
        @Execution(ExecutionMode.SAME_THREAD)
        void aFunctionThatIsKilledLeavesNothingToClear(Step step) {
            try (FaultScene scene = FaultScene.open(stage(), server())) {
                Answer answer = scene.runIntoDeath(step);

                assertThat(answer.invocation()).isInstanceOf(Invocation.Exited.class);
                assertThat(answer.status()).isEqualTo(Answer.Status.UNANSWERED);
                assertThat(scene.uploads()).isEmpty();
                FaultTable.assertGoesOn(scene, step.committed());
            }
        }

        @Test
        @Execution(ExecutionMode.SAME_THREAD)
        void aFunctionThatIsKilledWhileItAnswersHasAnsweredOnce() {
            try (FaultScene scene = FaultScene.open(stage(), server())) {
                Answer answer = scene.runIntoDeath(Step.ANSWER);

                assertThat(answer.invocation()).isInstanceOf(Invocation.Exited.class);
                // What arrived is taken in, although nobody waits for the bucket's receipt any more.
                Stage.await("the answer is taken in", () -> !scene.uploads().isEmpty());
                assertThat(scene.uploads()).singleElement().matches(RecordedRequest::accepted);
                FaultTable.assertGoesOn(scene, FaultScene.CHANGESETS);
            }
        }

        @Test
        @Execution(ExecutionMode.SAME_THREAD)
        void behindAProviderAKilledFunctionIsToldAtOnce() {
            try (Stage provider = Stage.behindProvider(settings -> settings.withTimeout(Duration.ofMinutes(1)))) {
                provider.sql(FaultScene.changelog(""));
                try (FaultScene scene = FaultScene.open(provider, server())) {
                    Answer answer = scene.runIntoDeath(Step.IN_THE_MIDDLE);

                    assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
                    assertThat(answer.reason()).matches("RequestId: .* Error: .*");
                    assertThat(answer.invocation().duration()).isLessThan(Duration.ofSeconds(30));
                    FaultTable.assertGoesOn(scene, Step.IN_THE_MIDDLE.committed());
                }
            }
        }
    }

    @Nested
    final class WhatLastsAtTheServer extends FaultTable {

        WhatLastsAtTheServer() {
            super(SHORT);
        }

        @Override
        Stream<Arguments> table() {
            return Stream.of(
                            everywhereBut(Fault.SERVER_STAYS_DOWN),
                            // One changeset is like another here, and after the last one nothing is left to write.
                            at(Fault.READ_ONLY_STAYS, Step.BEFORE_CONNECT, Step.WAITING_FOR_LOCK, Step.IN_THE_MIDDLE),
                            // A commit asks for no lock; afterwards locks are only given back.
                            everywhereBut(
                                    Fault.OUT_OF_SHARED_MEMORY,
                                    Step.COMMIT_UNHEARD,
                                    Step.AFTER_LAST_COMMIT,
                                    Step.ANSWER),
                            // Only a changeset makes files grow.
                            at(Fault.DISK_FULL, Step.IN_THE_FIRST, Step.IN_THE_MIDDLE, Step.IN_THE_LAST))
                    .flatMap(row -> row);
        }

        @Test
        @Execution(ExecutionMode.SAME_THREAD)
        void ofAChangesetOutsideATransactionIsToldWhatIsDone() {
            stage().sql(FaultScene.changelog("runInTransaction:false"));
            try (FaultScene scene = FaultScene.open(stage(), server())) {
                Answer answer = scene.runInto(Fault.DISK_FULL, Step.IN_THE_MIDDLE);
                scene.end();

                assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
                assertThat(answer.reason())
                        .containsPattern(Fault.DISK_FULL.told())
                        .contains("1 of 3 changesets were applied and stay; this one runs outside a transaction:"
                                + " 3 of its statements are done, and will not be repeated");
                assertThat(scene.state()).isEqualTo(new State("1", "1 2", "t1 t2"));
                assertThat(scene.next().data()).containsEntry("AppliedChangesets", "2");
                assertThat(scene.state()).isEqualTo(State.after(FaultScene.CHANGESETS));
            } finally {
                stage().sql(FaultScene.changelog(""));
            }
        }
    }

    @Nested
    final class WhatLastsInTheNetwork extends FaultTable {

        WhatLastsInTheNetwork() {
            super(SHORT);
        }

        @Override
        Stream<Arguments> table() {
            return Stream.concat(
                    everywhereBut(Fault.NETWORK_STAYS_CUT),
                    // To the function it is the same; what differs is what the server does.
                    at(Fault.HOST_LOST, Step.IN_THE_MIDDLE));
        }

        /** What the other ways to lose an answer come to is told in {@link DirectProtocolIT}. */
        @Test
        @Execution(ExecutionMode.SAME_THREAD)
        void anAnswerThatNobodyReceivesTakesNothingBack() {
            try (FaultScene scene = FaultScene.open(stage(), server())) {
                Answer answer = scene.runIntoSilence();

                assertThat(answer.status()).isEqualTo(Answer.Status.UNANSWERED);
                assertThat(answer.invocation()).isNotInstanceOf(Invocation.Success.class);
                warmUp();
                FaultTable.assertGoesOn(scene, FaultScene.CHANGESETS);
            }
        }
    }
}
