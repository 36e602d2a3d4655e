package io.github.cdkliquibase.localdeploy.differential;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The way from a function to a server, on which something happens when the function has spoken so many times. What it
 * says is counted over all its connections, and anew after each event.
 */
final class CuttingProxy implements AutoCloseable {

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Deque<Event> events = new ArrayDeque<>();
    private int spoken;
    private int happened;

    /** What happens. */
    enum What {
        /** The connection is reset, and what the function said is lost. */
        LOST_REQUEST,
        /** The server gets it, and the connection is reset before the answer. */
        LOST_ANSWER,
        /** The server ends the session, and the function hears of it. */
        TERMINATED,
        /** The function's process dies, and what it said is lost. */
        KILLED_BEFORE,
        /** The function's process dies when the server has got what it said. */
        KILLED_AFTER;

        boolean isKill() {
            return this == KILLED_BEFORE || this == KILLED_AFTER;
        }
    }

    /**
     * One thing that happens.
     *
     * @param after how many times the function speaks before
     */
    record Event(What what, int after) {}

    /** Does what is not done on the network. */
    interface Hand {

        /** Does nothing. */
        Hand IDLE = new Hand() {
            @Override
            public void kill() {}

            @Override
            public void terminate() {}
        };

        void kill();

        void terminate();
    }

    private volatile Hand hand = Hand.IDLE;

    private CuttingProxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::accept);
    }

    static CuttingProxy before(int target) {
        try {
            return new CuttingProxy(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Sets what will happen, in place of what was to happen. */
    synchronized void plan(List<Event> next, Hand doer) {
        events.clear();
        events.addAll(next);
        hand = doer;
        spoken = 0;
        happened = 0;
    }

    /** How much of the plan has happened. */
    synchronized int happened() {
        return happened;
    }

    /** What happens with what the function says now; null if nothing. */
    private synchronized @Nullable What next() {
        Event event = events.peek();
        if (event == null || ++spoken < event.after()) {
            return null;
        }
        events.remove();
        spoken = 0;
        happened++;
        return event.what();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> connect(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        sockets.add(server);
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        } catch (IOException e) {
            reset(client, server);
            return;
        }
        Link link = new Link(client, server);
        Thread.ofVirtual().start(link::answers);
        link.requests();
    }

    /** The two ends of a connection. */
    private final class Link {

        private final Socket client;
        private final Socket server;
        private volatile boolean answerLost;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void requests() {
            try {
                InputStream in = client.getInputStream();
                OutputStream out = server.getOutputStream();
                byte[] buffer = new byte[65536];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    What what = next();
                    if (what == What.LOST_REQUEST) {
                        break;
                    } else if (what == What.KILLED_BEFORE) {
                        hand.kill();
                        break;
                    } else if (what == What.TERMINATED) {
                        hand.terminate();
                    }
                    answerLost = what == What.LOST_ANSWER;
                    out.write(buffer, 0, read);
                    if (what == What.KILLED_AFTER) {
                        hand.kill();
                    }
                }
            } catch (IOException e) {
                // One of them has gone, and so does the other.
            }
            reset(client, server);
        }

        void answers() {
            try {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                byte[] buffer = new byte[65536];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (answerLost) {
                        break;
                    }
                    out.write(buffer, 0, read);
                }
            } catch (IOException e) {
                // As above.
            }
            reset(client, server);
        }
    }

    private void reset(Socket... both) {
        for (Socket socket : both) {
            sockets.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed already.
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reset(sockets.toArray(Socket[]::new));
    }
}
