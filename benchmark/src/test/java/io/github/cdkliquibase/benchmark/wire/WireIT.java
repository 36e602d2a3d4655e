package io.github.cdkliquibase.benchmark.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireIT {

    private static final Duration ROUND_TRIP = Duration.ofMillis(20);
    private static final int MEGABYTES = 20;

    private ServerSocket echo = unbound();

    @BeforeEach
    void startEcho() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void stopEcho() throws IOException {
        echo.close();
    }

    @Test
    void aRoundTripTakesLongerByWhatIsAdded() throws IOException {
        try (Wire wire = Wire.to(echo.getLocalPort(), ROUND_TRIP);
                Socket client = connect(wire)) {
            long started = System.nanoTime();
            client.getOutputStream().write('a');

            assertThat(client.getInputStream().read()).isEqualTo('a');
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(ROUND_TRIP);
        }
    }

    // Its subject is time: piece by piece, 20 MB in pieces of 64 KiB would take 6 seconds.
    @Test
    void whatIsUnderWayIsNotWaitedFor() throws IOException {
        byte[] sent = new byte[MEGABYTES * 1024 * 1024];
        new Random(1).nextBytes(sent);
        try (Wire wire = Wire.to(echo.getLocalPort(), ROUND_TRIP);
                Socket client = connect(wire)) {
            long started = System.nanoTime();
            Thread.ofVirtual().start(() -> write(client, sent));

            assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void theEndOfAConnectionIsPassedOn() throws IOException {
        try (Wire wire = Wire.to(echo.getLocalPort(), ROUND_TRIP);
                Socket client = connect(wire)) {
            client.getOutputStream().write("end".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(client.getInputStream().readNBytes(3)).hasSize(3);
            echo.close();
            client.getOutputStream().write('.');

            assertThat(client.getInputStream().read()).isEqualTo('.');
            client.getOutputStream().write(4); // the echo hangs up on this
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static Socket connect(Wire wire) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), wire.port());
    }

    private static void write(Socket client, byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void serve() {
        try (Socket socket = echo.accept()) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                if (read == 1 && buffer[0] == 4) {
                    return;
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static ServerSocket unbound() {
        try {
            return new ServerSocket();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
