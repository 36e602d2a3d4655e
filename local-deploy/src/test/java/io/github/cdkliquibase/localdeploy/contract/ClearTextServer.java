package io.github.cdkliquibase.localdeploy.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that asks for the password in clear text, and refuses everybody. */
final class ClearTextServer implements AutoCloseable {

    private static final byte[] ASK =
            ByteBuffer.allocate(9).put((byte) 'R').putInt(8).putInt(3).array();

    private final List<String> passwords = new CopyOnWriteArrayList<>();
    private final WireFront front = WireFront.listen(this::ask);
    private volatile boolean asked;

    int port() {
        return front.port();
    }

    private void ask(Socket client, DataInputStream in, byte[] startup) throws IOException {
        asked = true;
        client.getOutputStream().write(ASK);
        passwords.add(new String(WireFront.message(in), UTF_8));
    }

    /** Whether a client was asked. */
    boolean asked() {
        return asked;
    }

    /** What clients have answered. */
    List<String> passwords() {
        return List.copyOf(passwords);
    }

    @Override
    public void close() {
        front.close();
    }
}
