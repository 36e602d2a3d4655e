package io.github.cdkliquibase.stage.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import javax.net.ssl.SSLSocket;
import okhttp3.tls.HandshakeCertificates;

/** One connection of a client, from its first byte: TLS, a token where one is due, and then whatever is said. */
final class FrontSession {

    private static final int LONGEST_TOKEN = 10_000;

    private static final byte[] SSL_REQUEST =
            ByteBuffer.allocate(8).putInt(8).putInt(StartupPacket.SSL_REQUEST).array();

    private final IamAuthProxy proxy;
    private final Socket accepted;

    FrontSession(IamAuthProxy proxy, Socket accepted) {
        this.proxy = proxy;
        this.accepted = accepted;
    }

    void hold() {
        Socket client = accepted;
        try {
            DataInputStream in = new DataInputStream(client.getInputStream());
            StartupPacket first = StartupPacket.read(in);
            while (first.code() == StartupPacket.SSL_REQUEST || first.code() == StartupPacket.GSS_REQUEST) {
                boolean encrypts = first.code() == StartupPacket.SSL_REQUEST
                        && proxy.tls() != null
                        && !(client instanceof SSLSocket);
                client.getOutputStream().write(encrypts ? 'S' : 'N');
                client.getOutputStream().flush();
                if (encrypts) {
                    client = encrypted(client);
                    in = new DataInputStream(client.getInputStream());
                }
                first = StartupPacket.read(in);
            }
            answer(client, in, first);
        } catch (IOException | SQLException | GeneralSecurityException e) {
            // The client has disconnected or broken the protocol, or the server cannot be reached.
        } finally {
            close(client);
            proxy.over(accepted);
        }
    }

    private Socket encrypted(Socket plain) throws IOException {
        SSLSocket socket = (SSLSocket)
                Objects.requireNonNull(proxy.tls()).createSocket(plain, new ByteArrayInputStream(new byte[0]), true);
        socket.setUseClientMode(false);
        socket.startHandshake();
        return socket;
    }

    private void answer(Socket client, DataInputStream in, StartupPacket first)
            throws IOException, SQLException, GeneralSecurityException {
        if (first.code() == StartupPacket.CANCEL_REQUEST) {
            try (Socket server = plain()) {
                first.writeTo(server.getOutputStream());
            }
            return;
        }
        String user = first.parameters().getOrDefault("user", "");
        if (!hasRdsIam(user)) {
            pass(client, in, plain(), first);
        } else if (!(client instanceof SSLSocket)) {
            refuse(client, "no pg_hba.conf entry for host \"127.0.0.1\", user \"%s\", no encryption".formatted(user));
        } else if (proxy.takes(askForToken(client, in), user)) {
            pass(client, in, authenticatedAs(user), first);
        } else {
            refuse(client, "PAM authentication failed for user \"%s\"".formatted(user));
        }
    }

    // A membership counts through whatever roles, but not the bare right to administer a role: with that alone RDS lets
    // its master user in with a password, who has it of every role that it made and of rds_iam itself.
    private boolean hasRdsIam(String user) throws SQLException {
        try (Connection server = proxy.database().connectAsSuperuser();
                PreparedStatement query = server.prepareStatement(
                        """
                        with recursive way(role) as (
                            select oid from pg_roles where rolname = ? and not rolsuper
                            union
                            select m.roleid from way join pg_auth_members m on m.member = way.role %s
                        )
                        select exists (select from way where role = 'rds_iam'::regrole)
                        """.formatted(hasOptions(server) ? "and (m.inherit_option or m.set_option)" : ""))) {
            query.setString(1, user);
            ResultSet row = query.executeQuery();
            return row.next() && row.getBoolean(1);
        }
    }

    private static boolean hasOptions(Connection server) throws SQLException {
        return server.getMetaData().getDatabaseMajorVersion() >= 16;
    }

    // AuthenticationCleartextPassword, and the PasswordMessage that follows.
    private static String askForToken(Socket client, DataInputStream in) throws IOException {
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        out.writeByte('R');
        out.writeInt(8);
        out.writeInt(3);
        out.flush();
        byte type = in.readByte();
        int length = in.readInt();
        if (type != 'p' || length < 5 || length > LONGEST_TOKEN) {
            throw new EOFException("No password message");
        }
        byte[] text = in.readNBytes(length - 4);
        return new String(text, 0, Math.max(0, text.length - 1), UTF_8);
    }

    // As the server itself writes it.
    private static void refuse(Socket client, String message) throws IOException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        for (String field : new String[] {"SFATAL", "VFATAL", "C28000", "M" + message, "Fauth.c", "Rauth_failed"}) {
            fields.write(field.getBytes(UTF_8));
            fields.write(0);
        }
        fields.write(0);
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        out.writeByte('E');
        out.writeInt(4 + fields.size());
        fields.writeTo(out);
        out.flush();
    }

    private Socket plain() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.database().port());
    }

    // The server lets in whoever shows a certificate for that user.
    private Socket authenticatedAs(String user) throws IOException, GeneralSecurityException {
        HandshakeCertificates certificates = new HandshakeCertificates.Builder()
                .heldCertificate(proxy.database().clientCertificate(user))
                .addTrustedCertificate(authority())
                .build();
        Socket plain = proxy.database().connectToShowACertificate();
        try {
            plain.getOutputStream().write(SSL_REQUEST);
            if (plain.getInputStream().read() != 'S') {
                throw new EOFException("The server does no TLS");
            }
            SSLSocket socket = (SSLSocket) certificates
                    .sslSocketFactory()
                    .createSocket(
                            plain, proxy.database().host(), proxy.database().port(), true);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            close(plain);
            throw e;
        }
    }

    private X509Certificate authority() throws GeneralSecurityException {
        String pem = proxy.database().certificateAuthority().orElseThrow();
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(UTF_8)));
    }

    // When one side ends, so does the other.
    private void pass(Socket client, InputStream fromClient, Socket server, StartupPacket first) throws IOException {
        try (server) {
            first.writeTo(server.getOutputStream());
            proxy.threads().execute(() -> {
                try (client) {
                    copy(server.getInputStream(), client.getOutputStream());
                } catch (IOException e) {
                    // Ended by either side.
                } finally {
                    proxy.over(accepted);
                }
            });
            copy(fromClient, server.getOutputStream());
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[16_384];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            to.write(buffer, 0, read);
            to.flush();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The other end was faster.
        }
    }
}
