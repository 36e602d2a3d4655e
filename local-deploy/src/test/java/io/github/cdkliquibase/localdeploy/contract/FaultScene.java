package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.BucketFault;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.stage.cloudformation.RecordedRequest;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A database, the network path to it, and a run of three changesets that can be held at each {@link Step}. */
final class FaultScene implements AutoCloseable {

    static final int CHANGESETS = 3;

    /** First half of the advisory locks at which a run waits; the second half is the changeset's number. */
    private static final int GATES = 4711;

    /** As the extension sessionlock takes it, and a run too. */
    private static final String CHANGELOG_LOCK =
            "select pg_advisory_lock(%d, %d)".formatted("databasechangeloglock".hashCode(), "public".hashCode());

    private static final Duration SLOW_ANSWER = Duration.ofMillis(1_500);

    private final Stage stage;
    private final EmbeddedDatabase server;
    private final EmbeddedDatabase database;
    private final Administrator administrator;
    private final StallingProxy network;
    private final CustomResource resource;
    private final int linesBefore;
    private @Nullable CustomResourceEvent event;
    private @Nullable CompletableFuture<Answer> run;
    private @Nullable Fault present;

    private FaultScene(Stage stage, EmbeddedDatabase server) throws IOException {
        this.stage = stage;
        this.server = server;
        this.database = server.another();
        this.administrator = new Administrator(database);
        this.network = StallingProxy.before(server.port());
        this.linesBefore = stage.function.output().size();
        this.resource = stage.resource();
    }

    static FaultScene open(Stage stage, EmbeddedDatabase server) {
        try {
            FaultScene scene = new FaultScene(stage, server);
            Stage.execute(scene.database, """
                    create table journal (changeset int);
                    create table bulk (m text);
                    create table slow_commit (changeset int);
                    """);
            return scene;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Three changesets. Each waits at a gate of its own, and its commit for a standby that there is not if that shall be
     * slow.
     *
     * @param settingsOfTheSecond what its header says besides its name
     */
    static String changelog(String settingsOfTheSecond) {
        return IntStream.rangeClosed(1, CHANGESETS)
                .mapToObj(number -> """
                        --changeset ann:%1$d %3$s
                        create table t%1$d (id int);
                        insert into journal values (%1$d);
                        select pg_advisory_xact_lock_shared(%2$d, %1$d);
                        create index grows%1$d on bulk (m, m, m, m);
                        select set_config('synchronous_commit', 'on', true) from slow_commit where changeset = %1$d;
                        """.formatted(number, GATES, number == 2 ? settingsOfTheSecond : ""))
                .collect(Collectors.joining());
    }

    /** What makes a run stop at a step until it is released. */
    private interface Hold {

        void awaitReached();

        void release();
    }

    /** Runs the changelog, lets the fault happen when the run has come to the step, and returns how the run ended. */
    Answer runInto(Fault fault, Step step) {
        boolean nothingToHold = step == Step.BEFORE_CONNECT;
        if (nothingToHold) {
            begin(fault);
        }
        Hold hold = hold(step);
        start(step.needsTheNetwork() || fault.isOfTheNetwork());
        hold.awaitReached();
        if (!nothingToHold) {
            begin(fault);
        }
        hold.release();
        if (!fault.lasts()) {
            fault.awaitNoticed(this);
            end();
        }
        return answer();
    }

    /** Kills the function when its run has come to the step, and returns how the run ended. */
    Answer runIntoDeath(Step step) {
        Hold hold = step == Step.BEFORE_CONNECT ? networkCut() : hold(step);
        start(step == Step.BEFORE_CONNECT || step.needsTheNetwork());
        hold.awaitReached();
        stage.function.kill();
        Answer answer = answer();
        if (step.isInAChangeset()) {
            // What keeps the statement waiting is still there: it is the server that ends it.
            awaitNoSession();
        }
        hold.release();
        awaitNoSession();
        return answer;
    }

    /** Runs undisturbed, and answers to a bucket that says nothing until the function's time is over. */
    Answer runIntoSilence() {
        stage.bucket.script(new BucketFault.Wait(Duration.ofMinutes(1), new BucketFault.None()));
        start(false);
        return answer();
    }

    private void awaitNoSession() {
        Stage.await("the session is gone", () -> administrator.sessions().isEmpty());
    }

    private void begin(Fault fault) {
        present = fault;
        fault.begin(this);
    }

    /** Ends the fault, if it has not ended. */
    void end() {
        Fault fault = present;
        present = null;
        if (fault != null) {
            fault.end(this);
        }
    }

    private void start(boolean overTheNetwork) {
        int port = overTheNetwork ? network.port() : server.port();
        CustomResourceEvent sent = resource.event(RequestType.CREATE, properties(port));
        event = sent;
        run = CompletableFuture.supplyAsync(
                () -> resource.send(sent), work -> Thread.ofPlatform().daemon().start(work));
    }

    private Map<String, Object> properties(int port) {
        return stage.properties(database, Map.of("Port", String.valueOf(port), "LockTimeout", "PT20S"));
    }

    private Answer answer() {
        return Objects.requireNonNull(run).join();
    }

    /** Whether the run has ended. */
    boolean isOver() {
        return Objects.requireNonNull(run).isDone();
    }

    /** The next run, with nothing in its way. */
    Answer next() {
        return stage.resource().create(properties(server.port()));
    }

    /** What was put to the response URL of the run. */
    List<RecordedRequest> uploads() {
        return stage.bucket.uploads(Objects.requireNonNull(event).responseUrl());
    }

    private Hold hold(Step step) {
        return switch (step) {
            case BEFORE_CONNECT -> nothing();
            case WAITING_FOR_LOCK -> changelogLock();
            case IN_THE_FIRST -> gate(1);
            case IN_THE_MIDDLE -> gate(2);
            case IN_THE_LAST -> gate(CHANGESETS);
            case COMMIT_UNHEARD -> commit();
            case AFTER_LAST_COMMIT -> nextRequest();
            case ANSWER -> answerTaken();
        };
    }

    private static Hold nothing() {
        return new Hold() {
            @Override
            public void awaitReached() {
                // It is where it begins.
            }

            @Override
            public void release() {
                // Nothing holds it.
            }
        };
    }

    private Hold networkCut() {
        network.cut();
        return new Hold() {
            @Override
            public void awaitReached() {
                Stage.await("the run connects", network::isUsed);
            }

            @Override
            public void release() {
                network.heal();
            }
        };
    }

    private Hold changelogLock() {
        Connection keeper = administrator.take(CHANGELOG_LOCK);
        return new Hold() {
            @Override
            public void awaitReached() {
                awaitStep("it waits for the changelog lock", () -> logged("lock.waiting"));
            }

            @Override
            public void release() {
                Administrator.giveUp(keeper);
            }
        };
    }

    private Hold gate(int changeset) {
        Connection keeper = administrator.take("select pg_advisory_lock(%d, %d)".formatted(GATES, changeset));
        String waiting =
                "select pid from pg_locks where locktype = 'advisory' and classid = %d and objid = %d and not granted"
                        .formatted(GATES, changeset);
        return new Hold() {
            @Override
            public void awaitReached() {
                awaitStep(
                        "it is in changeset " + changeset,
                        () -> !administrator.numbers(waiting).isEmpty());
            }

            @Override
            public void release() {
                Administrator.giveUp(keeper);
            }
        };
    }

    // Durable, and not answered: the server waits for a standby that there is not.
    private Hold commit() {
        administrator.execute("insert into slow_commit values (" + CHANGESETS + ")");
        String waiting = "select pid from pg_stat_activity where wait_event = 'SyncRep'";
        return new Hold() {
            @Override
            public void awaitReached() {
                awaitStep(
                        "the last changeset is being committed",
                        () -> !administrator.numbers(waiting).isEmpty());
            }

            @Override
            public void release() {
                if (administrator.reachesServer()) {
                    // This ends the wait alone: the commit is done.
                    administrator.execute("select pg_cancel_backend(pid) from (" + waiting + ") w");
                }
            }
        };
    }

    // The server's answer to the commit gets through, and what the function says next does not.
    private Hold nextRequest() {
        Hold commit = commit();
        return new Hold() {
            @Override
            public void awaitReached() {
                commit.awaitReached();
                network.holdRequests(true);
                commit.release();
                awaitStep("it has heard of the last commit", network::holdsARequest);
            }

            @Override
            public void release() {
                network.holdRequests(false);
            }
        };
    }

    private Hold answerTaken() {
        stage.bucket.script(new BucketFault.Wait(SLOW_ANSWER, new BucketFault.None()));
        return new Hold() {
            @Override
            public void awaitReached() {
                // Not the log line of its summary: behind that it has still to send the answer.
                awaitStep("its answer has arrived", stage.bucket::hasPlayedScript);
            }

            @Override
            public void release() {
                // The bucket goes on by itself.
            }
        };
    }

    private void awaitStep(String what, BooleanSupplier reached) {
        Stage.await(what, () -> {
            boolean there = reached.getAsBoolean();
            if (!there && isOver()) {
                throw new AssertionError("The run was over before " + what + ": " + answer());
            }
            return there;
        });
    }

    /** Whether the function has written a log line of this event since the scene was opened. */
    boolean logged(String name) {
        List<String> all = stage.function.output();
        return all.subList(linesBefore, all.size()).stream()
                .anyMatch(line -> line.contains("\"event\":\"" + name + "\""));
    }

    EmbeddedDatabase server() {
        return server;
    }

    Administrator administrator() {
        return administrator;
    }

    StallingProxy network() {
        return network;
    }

    /**
     * What runs have left in the database.
     *
     * @param history changesets that the history has, in its order
     * @param journal changesets that wrote into a table, each as often as it did
     * @param tables tables that changesets made
     */
    record State(String history, String journal, String tables) {

        /** The state after so many changesets. */
        static State after(int changesets) {
            return new State(listed("", changesets), listed("", changesets), listed("t", changesets));
        }

        private static String listed(String prefix, int changesets) {
            return IntStream.rangeClosed(1, changesets)
                    .mapToObj(number -> prefix + number)
                    .collect(Collectors.joining(" "));
        }
    }

    State state() {
        boolean history =
                !administrator.text("select to_regclass('databasechangelog')").isEmpty();
        return new State(
                history
                        ? administrator.text("select string_agg(id, ' ' order by orderexecuted) from databasechangelog")
                        : "",
                administrator.text("select string_agg(changeset::text, ' ' order by changeset) from journal"),
                administrator.text(
                        "select string_agg(tablename, ' ' order by tablename) from pg_tables where tablename ~ '^t[0-9]'"));
    }

    @Override
    public void close() {
        end();
        administrator.close();
        network.close();
        database.close();
    }
}
