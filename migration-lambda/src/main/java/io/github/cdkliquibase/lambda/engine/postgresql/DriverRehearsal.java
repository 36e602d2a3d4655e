package io.github.cdkliquibase.lambda.engine.postgresql;

import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.postgresql.Driver;
import org.postgresql.core.v3.ConnectionFactoryImpl;
import org.postgresql.core.v3.QueryExecutorImpl;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.jdbc.PgResultSet;
import org.postgresql.shaded.com.ongres.scram.client.ScramClient;

/** Loads the driver's classes ahead of the first connection. */
final class DriverRehearsal {

    private static final List<Class<?>> CLASSES = List.of(
            Driver.class, ConnectionFactoryImpl.class, QueryExecutorImpl.class, PgConnection.class, PgResultSet.class);

    private DriverRehearsal() {}

    /** Loads them. */
    static void run() {
        for (Class<?> each : CLASSES) {
            initialise(each);
        }
        // The proof of a password needs a third of the classes of a login.
        ScramClient.builder()
                .advertisedMechanisms(List.of("SCRAM-SHA-256"))
                .username("rehearsal")
                .password("rehearsal".toCharArray())
                .build()
                .clientFirstMessage();
        readAuthorities();
    }

    // The JVM keeps the authorities that it has read.
    private static void readAuthorities() {
        try {
            SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has TLS", e);
        }
    }

    private static void initialise(Class<?> type) {
        try {
            Class.forName(type.getName(), true, type.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("A loaded class is found", e);
        }
    }
}
