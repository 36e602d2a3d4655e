package io.github.cdkliquibase.benchmark.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FrontendMessagesTest {

    private static final int GSS_REQUEST = 80877104;
    private static final int VERSION_3 = 196608;

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    @Test
    void queriesAndSyncsAreCountedAndNothingElse() {
        startup(VERSION_3, "user\0app\0\0");
        message('p', "secret\0");
        message('Q', "select 'QQSS'\0");
        message('P', "\0select 1\0\0\0");
        message('B', "\0\0\0\0\0\0\0\0");
        message('E', "\0\0\0\0\0");
        message('S', "");
        message('X', "");

        assertThat(countInPieces(sent.size())).isEqualTo(2);
    }

    @Test
    void theBeginThatTravelsAheadOfAStatementIsNotWaitedFor() {
        startup(VERSION_3, "user\0app\0\0");
        message('Q', "BEGIN\0");
        message('P', "\0select 1\0\0\0");
        message('S', "");
        message('Q', "begin;\0");

        assertThat(countInPieces(sent.size())).isEqualTo(2);
    }

    @Test
    void aConnectionMayBeginWithARequestForEncryption() {
        startup(GSS_REQUEST, "");
        startup(VERSION_3, "user\0app\0\0");
        message('Q', "select 1\0");

        assertThat(countInPieces(sent.size())).isEqualTo(1);
    }

    @Test
    void messagesMayArriveInPieces() {
        startup(VERSION_3, "user\0app\0\0");
        message('Q', "select 1\0");
        message('S', "");
        message('Q', "select 2\0");

        assertThat(countInPieces(1)).isEqualTo(3);
        assertThat(countInPieces(3)).isEqualTo(3);
    }

    private long countInPieces(int size) {
        FrontendMessages messages = new FrontendMessages();
        ByteBuffer left = ByteBuffer.wrap(sent.toByteArray());
        while (left.hasRemaining()) {
            byte[] piece = new byte[Math.min(size, left.remaining())];
            left.get(piece);
            messages.read(piece, piece.length);
        }
        return messages.count();
    }

    private void startup(int code, String content) {
        byte[] bytes = content.getBytes(UTF_8);
        sent.writeBytes(ByteBuffer.allocate(8 + bytes.length)
                .putInt(8 + bytes.length)
                .putInt(code)
                .put(bytes)
                .array());
    }

    private void message(char type, String content) {
        byte[] bytes = content.getBytes(UTF_8);
        sent.writeBytes(ByteBuffer.allocate(5 + bytes.length)
                .put((byte) type)
                .putInt(4 + bytes.length)
                .put(bytes)
                .array());
    }
}
