package io.github.cdkliquibase.stage.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The lines that a function writes, read from the file that takes its standard output and standard error. A file and
 * not a pipe: what was written before an answer can then be read to its end before the answer is told.
 */
final class FunctionLog implements AutoCloseable {

    private static final int POLL_MILLIS = 20;

    private final InputStream content;
    private final Consumer<String> reader;
    private final List<String> lines = new ArrayList<>();
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
    private final Thread follower;
    private boolean closed;

    FunctionLog(Path file, Consumer<String> reader) {
        this.reader = reader;
        try {
            content = Files.newInputStream(Files.createFile(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Log file '" + file + "' could not be created", e);
        }
        follower = Thread.ofVirtual().name("function-log").start(this::follow);
    }

    private void follow() {
        try {
            while (true) {
                readOn();
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads to the end of what has been written so far. */
    synchronized void readOn() {
        if (closed) {
            return;
        }
        try {
            byte[] bytes = content.readAllBytes();
            for (byte each : bytes) {
                if (each == '\n') {
                    endLine();
                } else {
                    unfinished.write(each);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Log of the function could not be read", e);
        }
    }

    /** Reads to the end and takes a last line without a line feed as a line: its writer is gone. */
    synchronized void readOut() {
        readOn();
        if (unfinished.size() > 0) {
            endLine();
        }
    }

    private void endLine() {
        String line = unfinished.toString(UTF_8);
        unfinished.reset();
        lines.add(line);
        reader.accept(line);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public synchronized void close() {
        follower.interrupt();
        readOut();
        closed = true;
        try {
            content.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Log of the function could not be closed", e);
        }
    }
}
