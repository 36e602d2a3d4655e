package io.github.cdkliquibase.lambda.changelog.output;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the log lines of Liquibase, changesets and the server in one run: a changeset can raise a million notices. The
 * function's own lines, two for each changeset, are not counted. When the run ends, one line counts the omitted lines.
 */
public final class OutputLimit implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OutputLimit.class);

    /** Each of at most 1,000 bytes, so that all of them are a megabyte. */
    static final int MOST_LINES = 1_000;

    private final AtomicLong lines = new AtomicLong();

    /** Creates the limit of one run. */
    public OutputLimit() {}

    /** Counts a line, and returns whether it may be logged. */
    boolean admits() {
        return lines.incrementAndGet() <= MOST_LINES;
    }

    @Override
    public void close() {
        long leftOut = lines.get() - MOST_LINES;
        if (leftOut > 0) {
            LOG.atWarn()
                    .addKeyValue("event", "output.left-out")
                    .addKeyValue("count", leftOut)
                    .log(
                            "{} lines of Liquibase, of changesets and of the server were left out of the log after the first {}",
                            leftOut,
                            MOST_LINES);
        }
    }
}
