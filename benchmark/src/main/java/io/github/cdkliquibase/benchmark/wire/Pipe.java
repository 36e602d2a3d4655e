package io.github.cdkliquibase.benchmark.wire;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** One direction of a connection. One thread reads and notes the time, another one writes when the time has come. */
final class Pipe {

    private static final int BUFFER_BYTES = 65_536;
    /** A parked thread wakes later than it should by up to about this; the rest is waited for awake. */
    private static final long LATE_NANOS = 60_000;

    private final Socket from;
    private final Socket to;
    private final long delayNanos;
    private final Tap tap;
    private final BlockingQueue<Piece> underWay = new LinkedBlockingQueue<>();

    /** Sees each piece when it was read. */
    @FunctionalInterface
    interface Tap {
        void read(byte[] bytes, int length);
    }

    /** The bytes of one read; none for the end. */
    private record Piece(ByteBuffer bytes, long due) {
        boolean isEnd() {
            return !bytes.hasRemaining();
        }
    }

    Pipe(Socket from, Socket to, Duration delay, Tap tap) {
        this.from = from;
        this.to = to;
        this.delayNanos = delay.toNanos();
        this.tap = tap;
    }

    void start() {
        // Platform threads: a virtual one is woken by way of another thread, and late.
        if (delayNanos == 0) {
            Thread.ofPlatform().daemon().name("pipe").start(() -> read(this::write));
        } else {
            Thread.ofPlatform().daemon().name("pipe-read").start(() -> read(underWay::add));
            Thread.ofPlatform().daemon().name("pipe-write").start(this::writeInTime);
        }
    }

    @FunctionalInterface
    private interface Next {
        void accept(Piece piece) throws IOException;
    }

    private void read(Next next) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read > 0;
                    read = from.getInputStream().read(buffer)) {
                long due = System.nanoTime() + delayNanos;
                tap.read(buffer, read);
                next.accept(new Piece(ByteBuffer.wrap(Arrays.copyOf(buffer, read)), due));
            }
        } catch (IOException e) {
            // Reset by one of the two, or closed: an end like any other.
        }
        try {
            next.accept(new Piece(ByteBuffer.allocate(0), System.nanoTime() + delayNanos));
        } catch (IOException e) {
            // The other one was faster.
        }
    }

    private void writeInTime() {
        try {
            Piece piece;
            do {
                piece = underWay.take();
                waitUntil(piece.due());
                write(piece);
            } while (!piece.isEnd());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The receiver has left. The reader learns of it by itself.
        }
    }

    private void write(Piece piece) throws IOException {
        if (piece.isEnd()) {
            to.close();
        } else {
            to.getOutputStream().write(piece.bytes().array());
        }
    }

    private static void waitUntil(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (left > LATE_NANOS) {
                LockSupport.parkNanos(left - LATE_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
