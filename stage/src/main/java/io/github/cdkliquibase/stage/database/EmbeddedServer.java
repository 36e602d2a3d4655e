package io.github.cdkliquibase.stage.database;

import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import okhttp3.tls.HeldCertificate;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server on loopback that lives as long as this object. */
final class EmbeddedServer implements AutoCloseable {

    static final String HOST = "localhost";

    private static final String SUPERUSER = "postgres";
    /** Only while the server starts: nobody has a password yet. */
    private static final String TRUST_SUPERUSER = "host all postgres localhost trust\n";

    /** Where whoever checks tokens in front of this server connects from. */
    static final String TRUSTED_SOURCE = "127.0.0.2";

    /**
     * Passwords, and from the one address a certificate for the user. RDS has a rule here that takes no password from members
     * of {@code rds_iam}; it is in front of this server, since a rule here would also count those who may only administer
     * that role, which on RDS is everybody who has granted it.
     */
    private static final String PASSWORDS_OR_CERTIFICATES = """
            hostssl all all %s/32 cert
            host all all localhost scram-sha-256
            """.formatted(TRUSTED_SOURCE);

    private final EmbeddedPostgres postgres;
    private final Path data;
    private final ScratchFolder trust;
    private final HeldCertificate authority;
    private final String superuserPassword;

    private EmbeddedServer(
            EmbeddedPostgres postgres,
            Path data,
            ScratchFolder trust,
            HeldCertificate authority,
            String superuserPassword) {
        this.postgres = postgres;
        this.data = data;
        this.trust = trust;
        this.authority = authority;
        this.superuserPassword = superuserPassword;
    }

    static EmbeddedServer start(Map<String, String> settings, PgBinaryResolver binaries) {
        HeldCertificate authority = new HeldCertificate.Builder()
                .commonName("local-deploy throw-away CA")
                .certificateAuthority(0)
                .duration(1, TimeUnit.DAYS)
                .build();
        HeldCertificate certificate = new HeldCertificate.Builder()
                .commonName(HOST)
                .addSubjectAlternativeName(HOST)
                .signedBy(authority)
                .duration(1, TimeUnit.DAYS)
                .build();
        ScratchFolder trust = ScratchFolder.create("trust");
        try {
            Files.writeString(trust.resolve("ca.pem"), authority.certificatePem());
            Path data = dataFolder();
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setPgBinaryResolver(binaries)
                    .setDataDirectory(data)
                    .setDataDirectoryCustomizer(folder -> prepare(folder.toPath(), authority, certificate))
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setServerConfig("ssl", "on")
                    .setServerConfig("ssl_ca_file", "clients.crt")
                    .setServerConfig("password_encryption", "scram-sha-256");
            settings.forEach(builder::setServerConfig);
            EmbeddedPostgres postgres = builder.start();
            return new EmbeddedServer(postgres, data, trust, authority, tighten(postgres, data));
        } catch (IOException | RuntimeException e) {
            trust.close();
            throw new IllegalStateException(
                    "Embedded PostgreSQL could not be started. It does not run as root inside of a container: be another user there, or name an existing database",
                    e);
        }
    }

    // Beside the unpacked binaries, where the next start looks for servers whose JVM was killed, and stops them.
    private static Path dataFolder() throws IOException {
        Path folder = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg"));
        return folder.resolve(UUID.randomUUID().toString());
    }

    private static void prepare(Path data, HeldCertificate authority, HeldCertificate certificate) {
        try {
            Files.writeString(data.resolve("pg_hba.conf"), TRUST_SUPERUSER);
            Files.writeString(data.resolve("server.crt"), certificate.certificatePem());
            Files.writeString(data.resolve("clients.crt"), authority.certificatePem());
            Path key = Files.createFile(
                    data.resolve("server.key"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(key, certificate.privateKeyPkcs8Pem());
        } catch (IOException e) {
            throw new UncheckedIOException("Data folder of the embedded PostgreSQL could not be prepared", e);
        }
    }

    // Gives the superuser a password and lets nobody in without one; returns that password.
    private static String tighten(EmbeddedPostgres postgres, Path data) throws IOException {
        String password = randomPassword();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter role " + SUPERUSER + " password '" + password + "'");
            Files.writeString(data.resolve("pg_hba.conf"), PASSWORDS_OR_CERTIFICATES);
            statement.execute("select pg_reload_conf()");
            return password;
        } catch (SQLException | IOException e) {
            postgres.close();
            throw new IOException("Its superuser could not be given a password", e);
        }
    }

    static String randomPassword() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    Connection connectAsSuperuser(String database) throws SQLException {
        return connect(database, SUPERUSER, superuserPassword);
    }

    Connection connect(String database, String user, String password) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {HOST});
        source.setPortNumbers(new int[] {port()});
        source.setDatabaseName(database);
        source.setUser(user);
        source.setPassword(password);
        source.setSslMode("verify-full");
        source.setSslRootCert(trust.resolve("ca.pem").toString());
        return source.getConnection();
    }

    int port() {
        return postgres.getPort();
    }

    String certificateAuthority() {
        return authority.certificatePem();
    }

    /** Lets its holder in as a user, from the one address. */
    HeldCertificate clientCertificate(String user) {
        return new HeldCertificate.Builder()
                .commonName(user)
                .signedBy(authority)
                .duration(1, TimeUnit.DAYS)
                .build();
    }

    /** Stops the server as a crash does: no session is told, and the next start recovers from the log. */
    void crash() {
        control("-m", "immediate", "-w", "stop");
    }

    /** Starts the server after {@link #crash}, with the port, the settings and the data that it had. */
    void startAgain() {
        // Of the two words that start a server, only this one takes the settings of the last start.
        control("-w", "restart");
    }

    private void control(String... words) {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            // As it was started: PostgreSQL refuses to be run by root.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(binary("pg_ctl").toString(), "-D", data.toString()));
        command.addAll(Arrays.asList(words));
        try {
            int exitCode = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException("Embedded PostgreSQL did not do '%s': pg_ctl ended with %d"
                        .formatted(words[words.length - 1], exitCode));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Embedded PostgreSQL could not be controlled", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the embedded PostgreSQL was controlled", e);
        }
    }

    // Beside the server's own binary, which is the first word of the command line that the server keeps.
    private Path binary(String name) {
        try {
            String server = Files.readString(data.resolve("postmaster.opts"));
            return Path.of(server.substring(0, server.indexOf(" \""))).resolveSibling(name);
        } catch (IOException e) {
            throw new UncheckedIOException("Embedded PostgreSQL has not been started", e);
        }
    }

    @Override
    public void close() {
        try (trust) {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Embedded PostgreSQL could not be stopped", e);
        }
    }
}
