package io.github.cdkliquibase.stage.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** What a client says first on a connection to PostgreSQL: a length, a code, and what belongs to it. */
final class StartupPacket {

    static final int SSL_REQUEST = 80_877_103;
    static final int GSS_REQUEST = 80_877_104;
    static final int CANCEL_REQUEST = 80_877_102;

    /** PostgreSQL's own limit of a startup packet. */
    private static final int LONGEST = 10_000;

    private final byte[] bytes;

    private StartupPacket(byte[] bytes) {
        this.bytes = bytes;
    }

    static StartupPacket read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 8 || length > LONGEST) {
            throw new EOFException("No startup packet has " + length + " bytes");
        }
        byte[] rest = in.readNBytes(length - 4);
        if (rest.length < length - 4) {
            throw new EOFException("The startup packet is cut off");
        }
        return new StartupPacket(
                ByteBuffer.allocate(length).putInt(length).put(rest).array());
    }

    int code() {
        return ByteBuffer.wrap(bytes).getInt(4);
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** The parameters of a startup message, such as {@code user} and {@code database}. */
    Map<String, String> parameters() {
        String[] texts = new String(bytes, 8, bytes.length - 8, UTF_8).split("\0", -1);
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i + 1 < texts.length && !texts[i].isEmpty(); i += 2) {
            parameters.put(texts[i], texts[i + 1]);
        }
        return parameters;
    }
}
