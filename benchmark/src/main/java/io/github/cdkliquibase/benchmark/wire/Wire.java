package io.github.cdkliquibase.benchmark.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A way to a server on loopback on which everything arrives later by a fixed time, in its order and as fast as it was sent.
 * It counts the messages of clients without TLS.
 */
public final class Wire implements AutoCloseable {

    private final ServerSocket listener;
    private final int serverPort;
    private final Duration oneWay;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<FrontendMessages> connections = new CopyOnWriteArrayList<>();

    private Wire(ServerSocket listener, int serverPort, Duration oneWay) {
        this.listener = listener;
        this.serverPort = serverPort;
        this.oneWay = oneWay;
    }

    /**
     * A wire to a server.
     *
     * @param serverPort port of the server
     * @param roundTrip the time that is added to each round trip, half of it in each direction
     */
    public static Wire to(int serverPort, Duration roundTrip) {
        try {
            ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Wire wire = new Wire(listener, serverPort, roundTrip.dividedBy(2));
            Thread.ofPlatform().daemon().name("wire-accept").start(wire::accept);
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException("No port is free on loopback", e);
        }
    }

    /** The port to connect to instead of the server's. */
    public int port() {
        return listener.getLocalPort();
    }

    /** The round trips of all connections so far, without those of their logins: simple queries and syncs. */
    public long roundTrips() {
        return connections.stream().mapToLong(FrontendMessages::count).sum();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // This wire is closed, or one of the two ends is.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        sockets.add(client);
        Socket server = serverOf(client);
        sockets.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        FrontendMessages messages = new FrontendMessages();
        connections.add(messages);
        new Pipe(client, server, oneWay, messages::read).start();
        new Pipe(server, client, oneWay, (bytes, length) -> {}).start();
    }

    private Socket serverOf(Socket client) throws IOException {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), serverPort);
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /** Takes no more connections and ends those that there are. */
    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The wire could not be closed", e);
        }
    }
}
