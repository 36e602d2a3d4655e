package io.github.cdkliquibase.constructs.migration;

/** Whether the change {@code executeCommand} may run programs in the function. */
public enum ExecuteCommand {
    /** The deploy fails before anything is run. */
    REFUSE,
    /**
     * They run, with no variable of the function but {@code PATH}, and what they print is not logged. A program can still read
     * the function's credentials from the operating system: allow only programs that you would trust with them.
     */
    ALLOW
}
