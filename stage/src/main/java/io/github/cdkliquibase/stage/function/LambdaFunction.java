package io.github.cdkliquibase.stage.function;

import io.github.cdkliquibase.stage.function.RuntimeApi.Pending;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A Lambda function on this machine, with one execution environment. Its process starts with the first invocation, as
 * on demand in Lambda; when it has ended, for whatever reason, the next invocation starts a new one. Invocations from
 * different threads run one after the other.
 *
 * <p>The process ends when this object is closed or this JVM ends, and its temporary folder is deleted then. Only a JVM
 * that is itself killed leaves the process behind, until its invocation is over.
 */
public final class LambdaFunction implements AutoCloseable {

    /** Region in which the function believes to be. */
    public static final String REGION = "eu-central-1";

    /** Account in whose name ARNs are made. */
    public static final String ACCOUNT = "111122223333";

    /** What the function signs its requests with, unless a variable of its own says otherwise. */
    public static final RoleCredentials ROLE = new RoleCredentials(
            "ASIALOCALDEPLOY00000", "local-deploy-has-no-secret-access-key", "local-deploy-has-no-session");

    private final FunctionSettings settings;
    private final ScratchFolder folder;
    private final Path logFile;
    private final FunctionLog log;
    private final ReentrantLock turn = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread atExit = new Thread(this::release, "lambda-function-at-exit");
    private volatile @Nullable FunctionProcess process;
    private final AtomicInteger coldStarts = new AtomicInteger();
    private volatile @Nullable Duration coldStart;

    private LambdaFunction(FunctionSettings settings, ScratchFolder folder) {
        this.settings = settings;
        this.folder = folder;
        this.logFile = folder.resolve("function.log");
        this.log = new FunctionLog(logFile, settings.log());
    }

    /**
     * Unpacks the zip. No process is started yet.
     *
     * @throws IllegalStateException if this machine cannot run the runtime client (it needs Linux)
     */
    public static LambdaFunction create(FunctionSettings settings) {
        requireLinux();
        ScratchFolder folder = ScratchFolder.create("function");
        try {
            Layout.of(folder).fill(settings);
            LambdaFunction function = new LambdaFunction(settings, folder);
            Runtime.getRuntime().addShutdownHook(function.atExit);
            return function;
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /**
     * Fails at once where no function can run.
     *
     * @throws IllegalStateException if this machine is not a Linux one
     */
    public static void requireLinux() {
        NativeLibrary.requireLinux(System.getProperty("os.name", ""));
    }

    /** The function's ARN, which its invocations carry too. */
    public String arn() {
        return "arn:aws:lambda:%s:%s:function:%s".formatted(REGION, ACCOUNT, settings.name());
    }

    /**
     * Hands the function an event and waits for the end. When the function's time is up, its process is killed. Every
     * line that the function wrote before the end has been told to the log's reader when this method returns.
     *
     * @param event the event, as JSON
     */
    public Invocation invoke(String event) {
        turn.lock();
        try {
            FunctionProcess running = process;
            if (running != null && running.alive()) {
                Pending pending = Pending.of(event);
                Invocation invocation = running.invoke(pending);
                if (pending.delivered().isDone()) {
                    return told(invocation);
                }
                // That process was about to end after its last answer, and the event never reached it.
            }
            return firstOf(start(), event);
        } finally {
            turn.unlock();
        }
    }

    private Invocation firstOf(FunctionProcess started, String event) {
        Invocation invocation = started.invoke(Pending.of(event));
        coldStart = started.age();
        coldStarts.incrementAndGet();
        return told(invocation);
    }

    private FunctionProcess start() {
        FunctionProcess old = process;
        if (old != null) {
            old.close();
        }
        FunctionProcess started = FunctionProcess.start(settings, Layout.of(folder), arn(), logFile);
        process = started;
        if (closed.get()) {
            started.close();
            throw new IllegalStateException("Function '%s' is closed".formatted(settings.name()));
        }
        return started;
    }

    private Invocation told(Invocation invocation) {
        switch (invocation) {
            case Invocation.Success success -> log.readOn();
            case Invocation.FunctionError error -> log.readOn();
            case Invocation.Exited exited -> log.readOut();
            case Invocation.TimedOut timedOut -> log.readOut();
        }
        return invocation;
    }

    /**
     * From the start of the newest process until its first answer.
     *
     * @throws IllegalStateException if the function has never been invoked
     */
    public Duration coldStart() {
        Duration duration = coldStart;
        if (duration == null) {
            throw new IllegalStateException("Function '%s' has not been invoked".formatted(settings.name()));
        }
        return duration;
    }

    /** The process, as the system numbers it; empty while there is none. */
    public OptionalLong processId() {
        FunctionProcess running = process;
        return running == null || !running.alive() ? OptionalLong.empty() : OptionalLong.of(running.id());
    }

    /** How many invocations so far had to start a process first. */
    public int coldStarts() {
        return coldStarts.get();
    }

    /** Kills the process, if there is one, without notice; an invocation that runs ends as {@link Invocation.Exited}. */
    public void kill() {
        FunctionProcess running = process;
        if (running != null) {
            running.kill();
        }
    }

    /** All lines of standard output and standard error since this function was created, of all its processes. */
    public List<String> output() {
        log.readOn();
        return log.lines();
    }

    /** Kills the process and deletes the unpacked zip. What the function wrote can still be asked for. */
    @Override
    public void close() {
        release();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook does the same as this method.
        }
    }

    private void release() {
        if (closed.getAndSet(true)) {
            return;
        }
        FunctionProcess running = process;
        if (running != null) {
            running.close();
        }
        log.close();
        folder.close();
    }
}
