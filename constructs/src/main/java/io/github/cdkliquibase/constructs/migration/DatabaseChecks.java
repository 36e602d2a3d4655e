package io.github.cdkliquibase.constructs.migration;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.IResource;
import software.amazon.awscdk.Reference;
import software.amazon.awscdk.Token;
import software.amazon.awscdk.Tokenization;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.rds.CfnDBCluster;
import software.amazon.awscdk.services.rds.CfnDBInstance;
import software.amazon.awscdk.services.rds.CfnDBProxy;
import software.amazon.awscdk.services.rds.CfnDBProxyEndpoint;
import software.constructs.IConstruct;

/**
 * What can be seen of a database at synth that lets no migration work. Each check throws an {@link
 * IllegalArgumentException} that says what to do instead.
 */
final class DatabaseChecks {

    /** The engines of Aurora PostgreSQL, and of RDS for PostgreSQL. */
    private static final Set<String> POSTGRESQL = Set.of("aurora-postgresql", "postgres");

    /** A host name that RDS gives: behind the database's own name what it is of, then the region, in China the other way. */
    private static final Pattern RDS_HOST = Pattern.compile(
            "[^.]+\\.(?<kind>.+)\\.((?<region>[a-z0-9-]+)\\.rds\\.amazonaws\\.com|rds\\.(?<china>[a-z0-9-]+)\\.amazonaws\\.com\\.cn)",
            Pattern.CASE_INSENSITIVE);

    private static final String READER = "a reader, which takes no writes";
    private static final String PROXY =
            "a proxy, which hands one session to many clients: the lock of a run belongs to its session";

    private DatabaseChecks() {}

    /** The endpoint of an imported database, which CDK does not give if it was not told. */
    static <T> T endpoint(String call, IConstruct database, Supplier<T> endpoint) {
        try {
            return endpoint.get();
        } catch (RuntimeException e) {
            // The runtime of jsii throws no narrower type for an error of CDK.
            throw new IllegalArgumentException(
                    "'%s' must know its endpoint, and the imported '%s' does not. Name the address of the writer and the port where it is imported"
                            .formatted(call, path(database)),
                    e);
        }
    }

    /**
     * Refuses a database of another engine than PostgreSQL.
     *
     * @param named the engine that an imported database was given; null if it was not told
     */
    static void requirePostgresql(String call, IConstruct database, @Nullable String named) {
        Stream.concat(
                        Stream.ofNullable(named),
                        database.getNode().findAll().stream().flatMap(DatabaseChecks::engine))
                .filter(engine -> !Token.isUnresolved(engine) && !POSTGRESQL.contains(engine))
                .findFirst()
                .ifPresent(engine -> {
                    throw new IllegalArgumentException(
                            "'%s' must be a PostgreSQL database, got '%s' with the engine '%s'. Create it with 'aurora-postgresql' or 'postgres'"
                                    .formatted(call, path(database), engine));
                });
    }

    private static Stream<String> engine(IConstruct construct) {
        return switch (construct) {
            case CfnDBCluster cluster -> Stream.ofNullable(cluster.getEngine());
            case CfnDBInstance instance -> Stream.ofNullable(instance.getEngine());
            default -> Stream.empty();
        };
    }

    /** Refuses a database whose port nothing could open to the function. */
    static void requireSecurityGroups(String call, IConstruct database, IConnectable connectable) {
        if (connectable.getConnections().getSecurityGroups().isEmpty()) {
            throw new IllegalArgumentException(
                    "'%s' must have security groups, and '%s' has none: nothing would let the function in to the port of the database. Name them in 'securityGroups' where it is imported, or use 'database(DatabaseTarget.of(host, port))' and let the function in yourself"
                            .formatted(call, path(database)));
        }
    }

    /** Refuses a database that only copies another one. */
    static void requireNoReplica(String call, IConstruct database) {
        boolean copies = database.getNode().findAll().stream().anyMatch(each -> switch (each) {
            case CfnDBCluster cluster -> cluster.getReplicationSourceIdentifier() != null;
            case CfnDBInstance instance ->
                instance.getSourceDbInstanceIdentifier() != null || instance.getSourceDbClusterIdentifier() != null;
            default -> false;
        });
        if (copies) {
            throw new IllegalArgumentException(
                    "'%s' must be the database that is written to, got '%s', which is a replica. Name the database that it copies"
                            .formatted(call, path(database)));
        }
    }

    /** Refuses the endpoint of a reader and that of a proxy, as a name and as a token. */
    static void requireWriter(String host) {
        if (Token.isUnresolved(host)) {
            Tokenization.reverseString(host).getTokens().stream()
                    .filter(Reference.class::isInstance)
                    .map(Reference.class::cast)
                    .forEach(DatabaseChecks::requireWriter);
            return;
        }
        if (host.isBlank()) {
            throw new IllegalArgumentException("The host of a 'DatabaseTarget' must not be empty");
        }
        Matcher name = RDS_HOST.matcher(host);
        if (!name.matches()) {
            return;
        }
        String kind = name.group("kind").toLowerCase(Locale.ROOT);
        if (kind.startsWith("cluster-ro-")) {
            throw notTheWriter(host, READER);
        }
        if (kind.matches("(endpoint\\.)?proxy-.*")) {
            throw notTheWriter(host, PROXY);
        }
    }

    private static void requireWriter(Reference host) {
        IConstruct target = host.getTarget();
        String name = "%s of %s".formatted(host.getDisplayName(), path(target));
        if (target instanceof CfnDBCluster && host.getDisplayName().startsWith("ReadEndpoint")) {
            throw notTheWriter(name, READER);
        }
        if (target instanceof CfnDBProxy || target instanceof CfnDBProxyEndpoint) {
            throw notTheWriter(name, PROXY);
        }
    }

    private static IllegalArgumentException notTheWriter(String host, String whatItIs) {
        return new IllegalArgumentException(
                "A migration must connect to the writer's own endpoint, got '%s', the endpoint of %s. Use 'cluster' or 'instance', or the endpoint of the writer"
                        .formatted(host, whatItIs));
    }

    /** Refuses a port that no server can listen on. */
    static void requirePort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "The port of a 'DatabaseTarget' must be 1 to 65535, got %d".formatted(port));
        }
    }

    /** The region of a construct, if it is known at synth. */
    static Optional<String> region(IResource database) {
        return Optional.of(database.getEnv().getRegion()).filter(region -> !Token.isUnresolved(region));
    }

    /** The region in a host name that RDS gives. */
    static Optional<String> region(String host) {
        Matcher name = RDS_HOST.matcher(host);
        return name.matches()
                ? Optional.ofNullable(name.group("region")).or(() -> Optional.of(name.group("china")))
                : Optional.empty();
    }

    private static String path(IConstruct construct) {
        return construct.getNode().getPath();
    }
}
