package io.github.cdkliquibase.localdeploy.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network path to a server on this machine that can fall silent without closing anything, and break in other ways.
 *
 * <p>It stands in for what happens to packets, above the two kernels: a keepalive probe is answered even where nothing
 * else gets through.
 */
final class StallingProxy implements AutoCloseable {

    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final Object changed = new Object();
    private final int target;
    private final long silentAfter;
    private final int port;
    private volatile ServerSocket listener;
    private volatile boolean cut;
    private volatile boolean requestsHeld;
    private volatile int requestsWaiting;

    private StallingProxy(int target, long silentAfter) throws IOException {
        this.target = target;
        this.silentAfter = silentAfter;
        this.listener = listen(0);
        this.port = listener.getLocalPort();
    }

    /** A path that passes everything, until it is told otherwise. */
    static StallingProxy before(int target) throws IOException {
        return before(target, Long.MAX_VALUE);
    }

    /** A path on which a client is not heard any more once it has sent so many bytes. */
    static StallingProxy before(int target, long silentAfter) throws IOException {
        return new StallingProxy(target, silentAfter);
    }

    int port() {
        return port;
    }

    private ServerSocket listen(int onPort) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.setReceiveBufferSize(64_000);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort));
        Thread.ofPlatform().daemon().start(() -> accept(socket));
        return socket;
    }

    private void accept(ServerSocket socket) {
        try {
            while (true) {
                Link link = new Link(socket.accept());
                links.add(link);
                Thread.ofPlatform().daemon().start(link::open);
            }
        } catch (IOException e) {
            // Closed: the test is over, or nobody is let in for a while.
        }
    }

    /** Lets nothing through any more, neither way, nor on new connections. Nothing is closed, and nothing is lost. */
    void cut() {
        change(() -> cut = true);
    }

    /** Holds what clients say, or lets it pass again; what the server says gets through. */
    void holdRequests(boolean held) {
        change(() -> requestsHeld = held);
    }

    /** Whether a client has said something that is held. */
    boolean holdsARequest() {
        return requestsWaiting > 0;
    }

    /** Whether a client is connected. */
    boolean isUsed() {
        return !links.isEmpty();
    }

    /** Lets everything through again, what was held included, and takes new connections. */
    void heal() {
        if (listener.isClosed()) {
            try {
                listener = listen(port);
            } catch (IOException e) {
                throw new UncheckedIOException("Port %d is taken".formatted(port), e);
            }
        }
        change(() -> cut = false);
    }

    /** Resets every connection at both ends; new ones get through. */
    void reset() {
        links.forEach(Link::reset);
    }

    /** Resets every connection and lets nobody in until {@link #heal}. */
    void refuse() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reset();
    }

    /**
     * Lets the server's host vanish: the connections that there are end at the server, and their clients never hear of
     * anything again. New connections get through.
     */
    void loseServer() {
        links.forEach(Link::lose);
    }

    private void change(Runnable what) {
        synchronized (changed) {
            what.run();
            changed.notifyAll();
        }
    }

    /** One connection of a client, and the one to the server that belongs to it. */
    private final class Link {

        private final Socket client;
        private final Socket upstream = new Socket();
        private volatile boolean lost;
        private volatile boolean over;

        Link(Socket client) {
            this.client = client;
        }

        void open() {
            try {
                awaitPassage(false);
                upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            } catch (IOException e) {
                reset();
                return;
            }
            Thread.ofPlatform().daemon().start(() -> copy(client, upstream, true, silentAfter));
            copy(upstream, client, false, Long.MAX_VALUE);
        }

        private void copy(Socket from, Socket to, boolean request, long bytes) {
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] buffer = new byte[8192];
                long copied = 0;
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (copied >= bytes) {
                        return;
                    }
                    awaitPassage(request);
                    out.write(buffer, 0, read);
                    out.flush();
                    copied += read;
                }
                awaitPassage(request);
                end();
            } catch (IOException e) {
                awaitPassage(request);
                reset();
            }
        }

        // News of any kind pass here: bytes, an end, a reset.
        private void awaitPassage(boolean request) {
            synchronized (changed) {
                requestsWaiting += request ? 1 : 0;
                while (!over && (cut || lost || (request && requestsHeld))) {
                    try {
                        changed.wait();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        break;
                    }
                }
                requestsWaiting -= request ? 1 : 0;
            }
        }

        private void end() {
            over = true;
            close(client);
            close(upstream);
            links.remove(this);
        }

        void reset() {
            for (Socket socket : List.of(client, upstream)) {
                try {
                    socket.setSoLinger(true, 0); // makes close() send a reset
                } catch (IOException e) {
                    // It is closed already.
                }
            }
            end();
            change(() -> {});
        }

        void lose() {
            lost = true;
            close(upstream);
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // Closed by the other end.
            }
        }
    }

    @Override
    public void close() {
        refuse();
    }
}
