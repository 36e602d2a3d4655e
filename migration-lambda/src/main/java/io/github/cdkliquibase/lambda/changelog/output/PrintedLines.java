package io.github.cdkliquibase.lambda.changelog.output;

import io.github.cdkliquibase.lambda.failure.Redaction;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redirects standard output and error to the log during a run: the change {@code output} prints there, and changes in
 * Java may do so.
 */
public final class PrintedLines implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("output");

    /** A line without an end is logged in pieces of this size. */
    private static final int LONGEST_LINE = 8_192;

    private final PrintStream out;
    private final PrintStream err;

    private PrintedLines(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Redirects both streams until {@link #close}. The log itself still writes to the original stream. */
    @SuppressWarnings("SystemOut") // only to redirect it
    public static PrintedLines redirect(Redaction redaction, OutputLimit limit) {
        PrintedLines before = new PrintedLines(System.out, System.err);
        System.setOut(new PrintStream(new Lines(redaction, limit), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new Lines(redaction, limit), true, StandardCharsets.UTF_8));
        return before;
    }

    @Override
    @SuppressWarnings("SystemOut")
    public void close() {
        System.out.close();
        System.err.close();
        System.setOut(out);
        System.setErr(err);
    }

    /** Collects bytes until a line ends. */
    private static final class Lines extends OutputStream {

        private static final int MESSAGE_BYTES = 1_000;

        private final Redaction redaction;
        private final OutputLimit limit;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(Redaction redaction, OutputLimit limit) {
            this.redaction = redaction;
            this.limit = limit;
        }

        @Override
        public synchronized void write(int next) {
            if (next == '\n' || line.size() >= LONGEST_LINE) {
                end();
            }
            if (next != '\n' && next != '\r') {
                line.write(next);
            }
        }

        private void end() {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            if (!text.isBlank() && limit.admits()) {
                LOG.atInfo().addKeyValue("event", "output").log(LiquibaseText.line(text, redaction, MESSAGE_BYTES));
            }
        }

        @Override
        public synchronized void close() {
            end();
        }
    }
}
