package io.github.cdkliquibase.stage.database;

import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/** A database that was there before and stays. */
public final class ExistingDatabase extends TargetDatabase {

    private static final Pattern URL =
            Pattern.compile("jdbc:postgresql://([^/:?]+|\\[[^]]+])(?::(\\d{1,5}))?/([^/?]+)");
    private static final List<String> SSL_MODES = List.of("verify-full", "verify-ca", "require", "disable");

    private final Access access;

    private ExistingDatabase(Access access) {
        this.access = access;
    }

    /**
     * Describes the database; no connection is made.
     *
     * @param url {@code jdbc:postgresql://host:port/database}, without parameters
     * @param sslMode one of pgjdbc's words {@code verify-full}, {@code verify-ca}, {@code require}, {@code disable}
     * @param certificateAuthority PEM file of the CA; null for the CAs that the function ships with
     * @throws IllegalArgumentException if the URL or the mode is not of this form, or the file cannot be read
     */
    public static ExistingDatabase of(
            String url, String username, String password, String sslMode, @Nullable Path certificateAuthority) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "Database URL must have the form 'jdbc:postgresql://host:port/database' without parameters, got '%s'"
                            .formatted(withoutParameters(url)));
        }
        if (!SSL_MODES.contains(sslMode)) {
            throw new IllegalArgumentException(
                    "SSL mode must be 'verify-full', 'verify-ca', 'require' or 'disable', got '%s'".formatted(sslMode));
        }
        return new ExistingDatabase(new Access(
                parts.group(1),
                port(parts.group(2)),
                parts.group(3),
                username,
                password,
                sslMode,
                read(certificateAuthority)));
    }

    private static int port(@Nullable String digits) {
        int port = digits == null ? 5432 : Integer.parseInt(digits);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("Port of the database URL must be 1 to 65535, got '%d'".formatted(port));
        }
        return port;
    }

    // Parameters may hold a password.
    private static String withoutParameters(String url) {
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question) + "?...";
    }

    private static @Nullable String read(@Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            String pem = Files.readString(file);
            if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
                throw new IllegalArgumentException("File '%s' holds no certificate in PEM form".formatted(file));
            }
            return pem;
        } catch (IOException e) {
            throw new IllegalArgumentException("File '%s' cannot be read".formatted(file), e);
        }
    }

    @Override
    public Connection connect() throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {host()});
        source.setPortNumbers(new int[] {port()});
        source.setDatabaseName(databaseName());
        source.setUser(username());
        source.setPassword(password());
        source.setSslMode(sslMode());
        String certificateAuthority = access.certificateAuthority();
        if (certificateAuthority == null) {
            if (sslMode().startsWith("verify-")) {
                // Else the driver looks for a file in the person's home.
                source.setSslfactory(DefaultJavaSSLFactory.class.getName());
            }
            return source.getConnection();
        }
        try (ScratchFolder folder = ScratchFolder.create("trust")) {
            Path file = Files.writeString(folder.resolve("ca.pem"), certificateAuthority);
            source.setSslRootCert(file.toString());
            return source.getConnection();
        } catch (IOException e) {
            throw new UncheckedIOException("CA certificates could not be written", e);
        }
    }

    @Override
    Access access() {
        return access;
    }

    /** Does nothing: the database is not ours. */
    @Override
    public void close() {}
}
