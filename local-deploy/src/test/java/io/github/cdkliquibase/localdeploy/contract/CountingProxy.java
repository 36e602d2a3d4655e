package io.github.cdkliquibase.localdeploy.contract;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A network path to a server on this machine, without TLS, that counts what a client waits for. */
final class CountingProxy implements AutoCloseable {

    /** Sync, Query, FunctionCall and Flush. After each of them a client waits for the answer of the server. */
    private static final String AWAITED = "SQFH";

    /** Type and length. */
    private static final int HEAD_BYTES = 5;

    /** The driver sends this query ahead of a statement, and waits for the answers of both. */
    private static final String TRAVELS_ALONG = "BEGIN\0";

    private final int target;
    private final WireFront front = WireFront.listen(this::pass);
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger roundTrips = new AtomicInteger();

    private CountingProxy(int target) {
        this.target = target;
    }

    /** A path to the server on this port. */
    static CountingProxy before(int target) {
        return new CountingProxy(target);
    }

    int port() {
        return front.port();
    }

    /** How many connections were opened since the last {@link #reset}. */
    int connections() {
        return connections.get();
    }

    /** How many round trips there were since the last {@link #reset}, on all connections. Those of a login do not count. */
    int roundTrips() {
        return roundTrips.get();
    }

    void reset() {
        connections.set(0);
        roundTrips.set(0);
    }

    // Until the login is over a client sends only answers to the questions about its password, which are of another
    // type.
    private void pass(Socket client, DataInputStream in, byte[] startup) throws IOException {
        connections.incrementAndGet();
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            Thread.ofVirtual().start(() -> passBack(server, client));
            OutputStream out = server.getOutputStream();
            out.write(startup);
            while (true) {
                byte[] message = WireFront.message(in);
                if (AWAITED.indexOf(message[0]) >= 0 && !content(message).equals(TRAVELS_ALONG)) {
                    roundTrips.incrementAndGet();
                }
                out.write(message);
            }
        }
    }

    private static String content(byte[] message) {
        return new String(message, HEAD_BYTES, message.length - HEAD_BYTES, StandardCharsets.ISO_8859_1);
    }

    private static void passBack(Socket server, Socket client) {
        try (client) {
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // One of both sides is gone.
        }
    }

    @Override
    public void close() {
        front.close();
    }
}
