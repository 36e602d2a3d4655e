package io.github.cdkliquibase.stage.function;

import java.time.Duration;

/** How one invocation ended. */
public sealed interface Invocation {

    /** From the moment the function received the event until it ended; the start of the process is not part of it. */
    Duration duration();

    /** The body that Lambda's Invoke operation would return: the function's answer, or the error as JSON. */
    String payload();

    /**
     * The handler returned.
     *
     * @param response what it returned, as JSON
     */
    record Success(String response, Duration duration) implements Invocation {
        @Override
        public String payload() {
            return response;
        }
    }

    /**
     * The handler threw, or could not be loaded.
     *
     * @param errorType the exception's class, or a type of the runtime such as {@code Runtime.BadFunctionCode}
     * @param errorMessage the exception's message; empty if it had none
     * @param raw what the runtime client reported, as JSON
     */
    record FunctionError(String errorType, String errorMessage, String raw, Duration duration) implements Invocation {
        @Override
        public String payload() {
            return raw;
        }
    }

    /**
     * The process ended without an answer.
     *
     * @param exitCode its exit code; 137 if it was killed
     */
    record Exited(String requestId, int exitCode, Duration duration) implements Invocation {
        @Override
        public String payload() {
            String reason = switch (exitCode) {
                case 0 -> "Runtime exited without providing a reason";
                case 137 -> "Runtime exited with error: signal: killed";
                default -> "Runtime exited with error: exit status " + exitCode;
            };
            return "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: %s Error: %s\"}"
                    .formatted(requestId, reason);
        }
    }

    /**
     * The function's time was up and its process was killed.
     *
     * @param timeout the time that it had
     */
    record TimedOut(String requestId, Duration timeout, Duration duration) implements Invocation {
        @Override
        public String payload() {
            return "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: %s Error: Task timed out after %d.%02d seconds\"}"
                    .formatted(requestId, timeout.toSeconds(), timeout.toMillisPart() / 10);
        }
    }
}
