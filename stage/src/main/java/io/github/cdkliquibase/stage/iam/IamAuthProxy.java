package io.github.cdkliquibase.stage.iam;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import io.github.cdkliquibase.stage.function.RoleCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.tls.HandshakeCertificates;
import org.jspecify.annotations.Nullable;

/**
 * The address of a database with IAM authentication: where TLS ends and tokens are checked, as in front of a server of RDS.
 *
 * <p>A user with the role {@code rds_iam} is asked for a token, over TLS only; it is checked byte by byte, and its session is
 * then opened in the embedded server as that user. Any other user is passed on to the server, which asks for a password.
 * What a session says from then on goes through unread, cancel requests too.
 *
 * <p>Which of the server's databases a session is in, the client says. A refusal tells the client as little as RDS does;
 * {@link #refusals} tells why.
 */
public final class IamAuthProxy implements AutoCloseable {

    /** Host name of the address, which a token must be for. */
    public static final String HOST = "localhost";

    private final EmbeddedDatabase database;
    private final String region;
    private final RoleCredentials role;
    private final @Nullable FrontCertificate certificate;
    private final @Nullable SSLSocketFactory tls;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final List<String> refusals = new CopyOnWriteArrayList<>();
    private volatile Clock clock = Clock.systemUTC();

    private IamAuthProxy(
            EmbeddedDatabase database,
            String region,
            RoleCredentials role,
            @Nullable FrontCertificate certificate,
            ServerSocket listener) {
        this.database = database;
        this.region = region;
        this.role = role;
        this.certificate = certificate;
        this.tls = certificate == null ? null : serverSide(certificate);
        this.listener = listener;
    }

    /** A proxy that takes the tokens of a {@link LambdaFunction}, in its region and with the keys of its role. */
    public static IamAuthProxy before(EmbeddedDatabase database) {
        return before(database, LambdaFunction.REGION, LambdaFunction.ROLE, FrontCertificate.forThisMachine());
    }

    /**
     * A proxy.
     *
     * @param database any database of the server; its role {@code rds_iam} is made if it is not there
     * @param region the region that a token must be signed for
     * @param role the keys that a token must be signed with
     * @param certificate what clients see; null for a server that cannot do TLS, and so takes no tokens
     */
    public static IamAuthProxy before(
            EmbeddedDatabase database, String region, RoleCredentials role, @Nullable FrontCertificate certificate) {
        database.createRdsIam();
        try {
            IamAuthProxy proxy = new IamAuthProxy(
                    database, region, role, certificate, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("No port is free on loopback", e);
        }
    }

    private static SSLSocketFactory serverSide(FrontCertificate certificate) {
        return new HandshakeCertificates.Builder()
                .heldCertificate(certificate.certificate())
                .build()
                .sslSocketFactory();
    }

    /** TCP port of the address. */
    public int port() {
        return listener.getLocalPort();
    }

    /** The CA certificate to trust, as PEM; empty without TLS. */
    public Optional<String> certificateAuthority() {
        return Optional.ofNullable(certificate).map(FrontCertificate::authority);
    }

    /** Sets the clock by which tokens expire. */
    public void useClock(Clock newClock) {
        clock = newClock;
    }

    /** Takes {@code rds-db:connect} to this user from the role's policy; all others stay in it. */
    public void forbid(String user) {
        forbidden.add(user);
    }

    /** Gives {@code rds-db:connect} to this user back to the role's policy. */
    public void permit(String user) {
        forbidden.remove(user);
    }

    /** Every token that a client has shown, in this order. */
    public List<String> tokens() {
        return List.copyOf(tokens);
    }

    /** Why each refused token was, in this order: the parameter that is wrong, {@code address}, {@code expired}, {@code policy}. */
    public List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** Ends every session without notice; new connections are taken. */
    public void cutSessions() {
        new ArrayList<>(clients).forEach(IamAuthProxy::reset);
    }

    EmbeddedDatabase database() {
        return database;
    }

    @Nullable SSLSocketFactory tls() {
        return tls;
    }

    // Whether the token lets the user in.
    boolean takes(String token, String user) {
        tokens.add(token);
        Optional<String> refusal = new TokenCheck(HOST + ":" + port(), region, role)
                .refusal(token, user, clock.instant())
                .or(() -> forbidden.contains(user) ? Optional.of("policy") : Optional.empty());
        refusal.ifPresent(refusals::add);
        return refusal.isEmpty();
    }

    ExecutorService threads() {
        return threads;
    }

    // Closing the client's socket ends the whole conversation, at the server too.
    void over(Socket client) {
        clients.remove(client);
        try {
            client.close();
        } catch (IOException e) {
            // The other end was faster.
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                clients.add(client);
                threads.execute(() -> new FrontSession(this, client).hold());
            } catch (IOException e) {
                // Closed, or a client that went away at once.
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    /** Takes no more connections and ends those that there are. The database stays. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy could not be closed", e);
        }
        cutSessions();
        threads.shutdownNow();
    }
}
