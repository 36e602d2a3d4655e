package io.github.cdkliquibase.localdeploy.contract;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Something that happens to a run from outside, and how it is provoked. */
enum Fault {
    /** The server crashes, and is there again after the function has found that it is not. */
    SERVER_RESTARTED {
        @Override
        void begin(FaultScene scene) {
            scene.server().crashServer();
        }

        @Override
        void awaitNoticed(FaultScene scene) {
            awaitRefused(scene);
        }

        @Override
        void end(FaultScene scene) {
            scene.server().startServer();
        }
    },
    /** The server crashes and stays away. */
    SERVER_STAYS_DOWN("Connection to localhost:\\d+ refused|connection attempt failed") {
        @Override
        void begin(FaultScene scene) {
            scene.server().crashServer();
        }

        @Override
        void end(FaultScene scene) {
            scene.server().startServer();
        }
    },
    /** The kernel kills the session's process, as when memory has run out; the server then ends all others and recovers. */
    SERVER_PROCESS_KILLED {
        @Override
        void begin(FaultScene scene) {
            scene.administrator().killSessions();
        }
    },
    /** The session is ended by an administrator, or by a server that shuts down. */
    SESSION_TERMINATED {
        @Override
        void begin(FaultScene scene) {
            scene.administrator().terminateSessions();
        }
    },
    /** A failover: the session is ended, and for a while there is only a server that takes no writes. */
    READ_ONLY_FOR_A_WHILE {
        @Override
        void begin(FaultScene scene) {
            scene.administrator().setReadOnly(true);
            scene.administrator().terminateSessions();
        }

        @Override
        void awaitNoticed(FaultScene scene) {
            Stage.within(
                    LONGEST_WHILE,
                    () -> scene.isOver() || !scene.administrator().sessions().isEmpty());
        }

        @Override
        void end(FaultScene scene) {
            scene.administrator().setReadOnly(false);
        }
    },
    /** The same, and it stays so. */
    READ_ONLY_STAYS("cannot execute .* in a read-only transaction \\(SQLSTATE 25006\\)") {
        @Override
        void begin(FaultScene scene) {
            scene.administrator().setReadOnly(true);
            scene.administrator().terminateSessions();
        }

        @Override
        void end(FaultScene scene) {
            scene.administrator().setReadOnly(false);
        }
    },
    /** Every connection is reset, and new ones are refused for a while. */
    NETWORK_RESET {
        @Override
        void begin(FaultScene scene) {
            scene.network().refuse();
        }

        @Override
        void awaitNoticed(FaultScene scene) {
            awaitRefused(scene);
        }

        @Override
        void end(FaultScene scene) {
            scene.network().heal();
        }
    },
    /** Nothing gets through for a while; then the connections go on. */
    NETWORK_INTERRUPTED {
        @Override
        void begin(FaultScene scene) {
            scene.network().cut();
        }

        @Override
        void awaitNoticed(FaultScene scene) {
            // Nothing happens that could be waited for, which is the fault.
            Stage.within(Duration.ofSeconds(1), () -> false);
        }

        @Override
        void end(FaultScene scene) {
            scene.network().heal();
        }
    },
    /** Nothing gets through any more, and nothing says so. */
    NETWORK_STAYS_CUT("SQLSTATE 08") {
        @Override
        void begin(FaultScene scene) {
            scene.network().cut();
        }

        @Override
        void end(FaultScene scene) {
            scene.network().heal();
        }
    },
    /** The server's host is gone without a word. Another one takes new connections, but the old one is waited for. */
    HOST_LOST("SQLSTATE 08") {
        @Override
        void begin(FaultScene scene) {
            scene.network().loseServer();
        }
    },
    /** The server's table of locks is full. */
    OUT_OF_SHARED_MEMORY("out of shared memory \\(SQLSTATE 53200\\)") {
        @Override
        void begin(FaultScene scene) {
            scene.administrator().fillLockTable();
        }

        @Override
        void end(FaultScene scene) {
            scene.administrator().giveUpAll();
        }
    },
    /** A file of the database cannot grow. */
    DISK_FULL("could not extend file .* \\(SQLSTATE 53100\\)") {
        @Override
        void begin(FaultScene scene) {
            scene.administrator().limitFiles();
        }

        @Override
        void end(FaultScene scene) {
            scene.administrator().liftLimitOfFiles();
        }
    };

    /** A fault that ends is ended after this time at the latest. */
    private static final Duration LONGEST_WHILE = Duration.ofSeconds(2);

    private final @Nullable Pattern told;

    /** Ends within the run. */
    Fault() {
        this.told = null;
    }

    /** Does not end within the run. */
    Fault(String told) {
        this.told = Pattern.compile(told);
    }

    /** Whether it lasts longer than the function's time does. */
    boolean lasts() {
        return told != null;
    }

    /** What a reason must say of a fault that lasts. */
    Pattern told() {
        if (told == null) {
            throw new IllegalStateException("Nobody is told of " + this);
        }
        return told;
    }

    boolean isOfTheNetwork() {
        return switch (this) {
            case NETWORK_RESET, NETWORK_INTERRUPTED, NETWORK_STAYS_CUT, HOST_LOST -> true;
            default -> false;
        };
    }

    abstract void begin(FaultScene scene);

    /** Waits until the function has run into a fault that ends after a while. */
    void awaitNoticed(FaultScene scene) {
        // It is over as soon as it has begun.
    }

    void end(FaultScene scene) {
        // It is over as soon as it has begun.
    }

    // Until the function has tried in vain to connect; a run that does not need to ends without that.
    private static void awaitRefused(FaultScene scene) {
        Stage.within(LONGEST_WHILE, () -> scene.isOver() || scene.logged("database.retry"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
