package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.RunOptions.ExecuteCommand;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetName;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import liquibase.change.Change;
import liquibase.change.DatabaseChange;
import liquibase.change.core.ExecuteShellCommandChange;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restricts Liquibase's change {@code executeCommand}: it runs only if the deploy allows it, its program gets no
 * variable of the function's environment except {@code PATH}, and the output of the program is not logged.
 *
 * <p>Liquibase finds this class by its service file, and prefers it by its priority. The checksum is the same as that
 * of Liquibase's own change.
 */
@DatabaseChange(name = "executeCommand", description = "Executes a system command", priority = CommandChange.PRIORITY)
public final class CommandChange extends ExecuteShellCommandChange {

    static final int PRIORITY = 100;

    private static final Logger LOG = LoggerFactory.getLogger(CommandChange.class);

    private static final Set<String> VARIABLES = Set.of("PATH");

    private final AtomicLong printedBytes = new AtomicLong();
    private boolean isAllowed;

    /** Called by Liquibase. */
    public CommandChange() {}

    /**
     * Allows the programs of pending changesets, or refuses the run.
     *
     * @throws MigrationException if they are refused; the message names the first changeset with a program
     */
    static void decide(List<ChangeSet> pending, ExecuteCommand decision) {
        for (ChangeSet changeSet : pending) {
            for (Change change : changeSet.getChanges()) {
                if (change instanceof ExecuteShellCommandChange command && command.shouldRunOnOs()) {
                    decide(changeSet, command, decision);
                }
            }
        }
    }

    private static void decide(ChangeSet changeSet, ExecuteShellCommandChange command, ExecuteCommand decision) {
        if (decision == ExecuteCommand.REFUSE) {
            throw new MigrationException(
                    "Changeset '%s' runs a program in the function with the change 'executeCommand', which is not allowed. Nothing was run. Remove the change, or set the property 'ExecuteCommand' to 'ALLOW'"
                            .formatted(ChangesetName.of(changeSet)));
        }
        if (command instanceof CommandChange ours) {
            ours.isAllowed = true;
        }
    }

    @Override
    public boolean supports(Database database) {
        return true;
    }

    @Override
    protected void executeCommand(Database database) throws Exception {
        if (!isAllowed) {
            throw new MigrationException(
                    "A program of the change 'executeCommand' was not allowed when the run began. Deploy again");
        }
        printedBytes.set(0);
        super.executeCommand(database);
    }

    // A program may read the function's credentials out of its environment, and print them.
    @Override
    protected ProcessBuilder createProcessBuilder(Database database) {
        ProcessBuilder program = super.createProcessBuilder(database);
        program.environment().keySet().retainAll(VARIABLES);
        return program;
    }

    @Override
    protected StreamGobbler createErrorGobbler(InputStream printed, OutputStream kept) {
        return new StreamGobbler(printed, new Counting(), Thread.currentThread());
    }

    @Override
    protected void processResult(int returnCode, @Nullable String errors, @Nullable String output, Database database) {
        LOG.atInfo()
                .addKeyValue("event", "command.ended")
                .addKeyValue("exitCode", returnCode)
                .addKeyValue("printedBytes", printedBytes.get())
                .log(
                        "Program {} ended with exit code {} and printed {} bytes, which are not logged",
                        Text.quote(getExecutable()),
                        returnCode,
                        printedBytes);
        if (returnCode != 0) {
            // Liquibase's own exception has the arguments.
            throw new IllegalStateException(
                    "program %s ended with exit code %d".formatted(Text.quote(getExecutable()), returnCode));
        }
    }

    /** Counts the bytes that a program prints, and discards them. */
    private final class Counting extends OutputStream {

        @Override
        public void write(int next) {
            printedBytes.incrementAndGet();
        }

        @Override
        public void write(byte[] next, int offset, int length) {
            printedBytes.addAndGet(length);
        }
    }
}
