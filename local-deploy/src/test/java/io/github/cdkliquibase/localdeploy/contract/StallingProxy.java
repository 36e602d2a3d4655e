package io.github.cdkliquibase.localdeploy.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A network path to a server on this machine that falls silent after so many bytes, without closing anything. */
final class StallingProxy implements AutoCloseable {

    private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());
    private final ServerSocket server;
    private final int target;
    private final long silentAfter;

    private StallingProxy(ServerSocket server, int target, long silentAfter) {
        this.server = server;
        this.target = target;
        this.silentAfter = silentAfter;
    }

    static StallingProxy before(int target, long silentAfter) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReceiveBufferSize(64_000);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        StallingProxy proxy = new StallingProxy(server, target, silentAfter);
        Thread.ofPlatform().daemon().start(proxy::accept);
        return proxy;
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(upstream);
                Thread.ofPlatform().daemon().start(() -> copy(client, upstream, silentAfter));
                Thread.ofPlatform().daemon().start(() -> copy(upstream, client, Long.MAX_VALUE));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private static void copy(Socket from, Socket to, long bytes) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            long copied = 0;
            for (int read = in.read(buffer); read >= 0 && copied < bytes; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
                copied += read;
            }
        } catch (IOException e) {
            // One side is gone, and the other will notice by itself.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : List.copyOf(sockets)) {
            socket.close();
        }
    }
}
