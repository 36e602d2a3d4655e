package io.github.cdkliquibase.localdeploy.contract;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;

/** An address on this machine at which a client finds something that speaks PostgreSQL's protocol, without TLS. */
final class WireFront implements AutoCloseable {

    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;

    private final ServerSocket listener;

    /** What happens on a connection. */
    @FunctionalInterface
    interface Conversation {

        /**
         * Holds it, in a thread of its own.
         *
         * @param in what the client says after its startup message
         * @param startup the startup message
         */
        void hold(Socket client, DataInputStream in, byte[] startup) throws IOException;
    }

    private WireFront(ServerSocket listener) {
        this.listener = listener;
    }

    static WireFront listen(Conversation conversation) {
        try {
            WireFront front = new WireFront(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().start(() -> front.accept(conversation));
            return front;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept(Conversation conversation) {
        try {
            while (true) {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> hold(client, conversation));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void hold(Socket accepted, Conversation conversation) {
        try (Socket client = accepted) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            conversation.hold(client, in, startup(client, in));
        } catch (IOException e) {
            // One of both sides is gone.
        }
    }

    private static byte[] startup(Socket client, DataInputStream in) throws IOException {
        while (true) {
            int length = in.readInt();
            byte[] rest = exactly(in, length - 4);
            int code = ByteBuffer.wrap(rest).getInt();
            if (code != SSL_REQUEST && code != GSS_REQUEST) {
                return ByteBuffer.allocate(length).putInt(length).put(rest).array();
            }
            client.getOutputStream().write('N');
        }
    }

    /** The next message: its type, its length, and its content. */
    static byte[] message(DataInputStream in) throws IOException {
        byte type = in.readByte();
        int length = in.readInt();
        return ByteBuffer.allocate(length + 1)
                .put(type)
                .putInt(length)
                .put(exactly(in, length - 4))
                .array();
    }

    private static byte[] exactly(DataInputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException();
        }
        return bytes;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
