package io.github.cdkliquibase.lambda.cloudformation;

/**
 * Tells Lambda's runtime client to end the process when it has handed over the message: it does so after an error
 * of the virtual machine. Lambda starts a new process for the next event.
 */
final class ProcessEnd extends VirtualMachineError {

    private static final long serialVersionUID = 1;

    static final String WHY = "The process ends, because the work of the event could not be stopped";

    ProcessEnd(String message) {
        super(message);
        setStackTrace(new StackTraceElement[0]);
    }
}
