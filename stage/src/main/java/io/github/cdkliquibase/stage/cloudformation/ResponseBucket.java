package io.github.cdkliquibase.stage.cloudformation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The bucket behind the ResponseURL, on loopback. It records each request as it was on the wire.
 *
 * <p>Left alone it is as strict as the real one: it takes in only a PUT to a URL that it has signed, with every
 * parameter of that URL, with a Content-Length and without a Content-Type (which would have to be part of the signature).
 * {@link #script} makes it misbehave.
 */
public final class ResponseBucket implements AutoCloseable {

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> signed = ConcurrentHashMap.newKeySet();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Queue<BucketFault> script = new ArrayDeque<>();
    private final List<RecordedRequest> uploads = new ArrayList<>();

    private ResponseBucket(ServerSocket server) {
        this.server = server;
    }

    /** Starts a bucket on a free port. */
    public static ResponseBucket open() {
        try {
            ResponseBucket bucket = new ResponseBucket(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            bucket.threads.execute(bucket::accept);
            return bucket;
        } catch (IOException e) {
            throw new UncheckedIOException("Bucket could not be opened on loopback", e);
        }
    }

    /** Signs a URL for one answer. Its shape is that of the real ones, escapes included. */
    public URI sign(String stackId, String logicalResourceId, String requestId) {
        String key = (stackId + "|" + logicalResourceId + "|" + requestId)
                .replace(":", "%3A")
                .replace("|", "%7C");
        String target = "/" + key + "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z"
                + "&X-Amz-SignedHeaders=host&X-Amz-Expires=7200"
                + "&X-Amz-Credential=ASIALOCALDEPLOY00000%2F20260101%2Feu-central-1%2Fs3%2Faws4_request"
                + "&X-Amz-Signature=" + UUID.randomUUID().toString().replace("-", "");
        signed.add(target);
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + target);
    }

    /** The faults of the next requests, one after the other; when all are used up, the bucket is without a fault again. */
    public void script(BucketFault... faults) {
        synchronized (script) {
            script.clear();
            script.addAll(Arrays.asList(faults));
        }
    }

    /** Whether the last fault of the script has its request: the bucket has read that request to its end. */
    public boolean hasPlayedScript() {
        synchronized (script) {
            return script.isEmpty();
        }
    }

    /** Every request since the bucket was opened, in the order in which they were answered. */
    public List<RecordedRequest> uploads() {
        synchronized (uploads) {
            return List.copyOf(uploads);
        }
    }

    /** The requests to one signed URL. */
    public List<RecordedRequest> uploads(URI url) {
        return uploads().stream()
                .filter(upload -> upload.path().equals(url.getRawPath()))
                .toList();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.add(socket);
                if (server.isClosed()) {
                    // Accepted while the bucket was closed, which may have missed it.
                    socket.close();
                    return;
                }
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            HttpReader reader = new HttpReader(new BufferedInputStream(socket.getInputStream()), out);
            for (Optional<RecordedRequest> upload = reader.next(); upload.isPresent(); upload = reader.next()) {
                if (!answer(upload.get(), nextFault(), socket, out)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client has left; what it sent in full is recorded.
        } finally {
            connections.remove(socket);
        }
    }

    private BucketFault nextFault() {
        synchronized (script) {
            BucketFault fault = script.poll();
            return fault == null ? new BucketFault.None() : fault;
        }
    }

    // Records and answers; false if the connection is gone then.
    private boolean answer(RecordedRequest upload, BucketFault fault, Socket socket, OutputStream out)
            throws IOException {
        switch (fault) {
            case BucketFault.None none -> send(upload, judge(upload), "", out);
            case BucketFault.Refuse refuse -> send(upload, refuse.status(), "", out);
            case BucketFault.Redirect redirect -> send(upload, 307, "Location: " + redirect.target() + "\r\n", out);
            case BucketFault.Reset reset -> {
                record(upload);
                socket.setSoLinger(true, 0); // makes close() send a reset
                return false;
            }
            case BucketFault.Wait wait -> {
                pause(wait);
                return answer(upload, wait.then(), socket, out);
            }
        }
        return true;
    }

    private static void pause(BucketFault.Wait wait) throws IOException {
        try {
            Thread.sleep(wait.time());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Bucket was closed", e);
        }
    }

    private int judge(RecordedRequest upload) {
        if (upload.header("Transfer-Encoding").isPresent()) {
            return 501;
        }
        if (upload.header("Content-Length").isEmpty()) {
            return 411;
        }
        boolean fits = upload.method().equals("PUT")
                && signed.contains(upload.path() + "?" + upload.query())
                && upload.header("Content-Type").orElse("").isEmpty();
        return fits ? 200 : 403;
    }

    private void send(RecordedRequest upload, int status, String headers, OutputStream out) throws IOException {
        record(upload.answeredWith(status));
        out.write(("HTTP/1.1 " + status + " " + (status == 200 ? "OK" : "Refused") + "\r\n" + headers
                        + "Server: AmazonS3\r\nContent-Length: 0\r\n\r\n")
                .getBytes(ISO_8859_1));
        out.flush();
    }

    private void record(RecordedRequest upload) {
        synchronized (uploads) {
            uploads.add(upload);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Bucket could not be closed", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
