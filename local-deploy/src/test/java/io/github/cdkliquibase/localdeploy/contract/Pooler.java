package io.github.cdkliquibase.localdeploy.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a connection pooler is to its clients: it names itself as the process that executes their statements, and a session with
 * the server outlives the client that it was lent to.
 */
final class Pooler implements AutoCloseable {

    private static final int PROCESS = 4711;

    private final int target;
    private final WireFront front = WireFront.listen(this::lend);
    private final BlockingQueue<byte[]> unread = new LinkedBlockingQueue<>();
    private volatile @Nullable Socket server;
    private volatile boolean isLent;

    private Pooler(int target) {
        this.target = target;
    }

    /** A pooler in front of the server on this port, with one session. */
    static Pooler before(int target) {
        return new Pooler(target);
    }

    int port() {
        return front.port();
    }

    private void lend(Socket client, DataInputStream in, byte[] startup) throws IOException {
        Socket session = new Socket(InetAddress.getLoopbackAddress(), target);
        server = session;
        isLent = true;
        session.getOutputStream().write(startup);
        Thread.ofVirtual().start(() -> answer(session, client));
        for (byte[] message = WireFront.message(in); message[0] != 'X'; message = WireFront.message(in)) {
            session.getOutputStream().write(message);
        }
        isLent = false;
    }

    private void answer(Socket session, Socket client) {
        try {
            DataInputStream in = new DataInputStream(session.getInputStream());
            while (true) {
                byte[] message = WireFront.message(in);
                if (message[0] == 'K') {
                    ByteBuffer.wrap(message).putInt(5, PROCESS);
                }
                if (isLent) {
                    client.getOutputStream().write(message);
                } else {
                    unread.add(message);
                }
            }
        } catch (IOException e) {
            // The session is over.
        }
    }

    /** What a query of one column finds when the next client is lent the session. */
    List<String> nextClientFinds(String sql) {
        Stage.await("a client that has left", () -> server != null && !isLent);
        byte[] text = (sql + "\0").getBytes(UTF_8);
        try {
            Objects.requireNonNull(server)
                    .getOutputStream()
                    .write(ByteBuffer.allocate(5 + text.length)
                            .put((byte) 'Q')
                            .putInt(4 + text.length)
                            .put(text)
                            .array());
            List<String> found = new ArrayList<>();
            for (byte[] message = next(); message[0] != 'Z'; message = next()) {
                if (message[0] == 'E') {
                    throw new AssertionError(new String(message, UTF_8));
                }
                if (message[0] == 'D') {
                    found.add(new String(message, 11, ByteBuffer.wrap(message).getInt(7), UTF_8));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] next() throws InterruptedException {
        return Objects.requireNonNull(unread.poll(10, TimeUnit.SECONDS), "no answer of the server");
    }

    @Override
    public void close() {
        front.close();
        Socket session = server;
        if (session != null) {
            try {
                session.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
