package io.github.cdkliquibase.benchmark.wire;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the messages of a client to PostgreSQL after which it waits for the server: a simple query, or a sync that ends
 * an extended one. Its messages until it has logged in do not count.
 *
 * <p>See <a href="https://www.postgresql.org/docs/17/protocol-message-formats.html">Message Formats</a>: each message is a
 * byte for its type, a length of four bytes that counts itself, and the content. A connection begins with messages that
 * have no byte for a type.
 */
final class FrontendMessages {

    private static final int LENGTH_BYTES = 4;
    private static final int CODE_BYTES = 4;
    /** Of the query {@code BEGIN}, which the JDBC driver sends ahead of a statement: it waits for the answers of both. Psql adds a semicolon. */
    private static final int BEGIN_LENGTH = 10;

    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private State state = State.STARTUP_LENGTH;
    private int number;
    private int digits;
    private int left;
    private byte type;
    private final AtomicLong count = new AtomicLong();

    private enum State {
        STARTUP_LENGTH,
        STARTUP_CODE,
        TYPE,
        LENGTH,
        CONTENT
    }

    /** Reads on. */
    void read(byte[] bytes, int length) {
        int next = 0;
        while (next < length) {
            if (state == State.CONTENT) {
                int skipped = Math.min(left, length - next);
                left -= skipped;
                next += skipped;
                if (left == 0) {
                    state = State.TYPE;
                }
            } else {
                read(bytes[next]);
                next++;
            }
        }
    }

    private void read(byte each) {
        switch (state) {
            case STARTUP_LENGTH -> {
                if (completes(each)) {
                    left = number - LENGTH_BYTES - CODE_BYTES;
                    begin(State.STARTUP_CODE);
                }
            }
            case STARTUP_CODE -> {
                if (completes(each)) {
                    boolean isRequest = number == SSL_REQUEST || number == GSS_REQUEST;
                    begin(isRequest ? State.STARTUP_LENGTH : content());
                }
            }
            case TYPE -> {
                type = each;
                begin(State.LENGTH);
            }
            case LENGTH -> {
                if (completes(each)) {
                    if (type == 'S' || (type == 'Q' && number != BEGIN_LENGTH)) {
                        count.incrementAndGet();
                    }
                    left = number - LENGTH_BYTES;
                    begin(content());
                }
            }
            case CONTENT -> throw new IllegalStateException("Content is skipped");
        }
    }

    private State content() {
        return left == 0 ? State.TYPE : State.CONTENT;
    }

    private void begin(State next) {
        state = next;
        number = 0;
        digits = 0;
    }

    // Takes one byte of a number; whether it was the last one.
    private boolean completes(byte each) {
        number = (number << Byte.SIZE) | (each & 0xFF);
        digits++;
        return digits == LENGTH_BYTES;
    }

    /** The messages so far. */
    long count() {
        return count.get();
    }
}
