package io.github.cdkliquibase.constructs.migration;

import io.github.cdkliquibase.constructs.network.IsolatedNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.TimeConversionOptions;
import software.amazon.awscdk.Token;
import software.amazon.awscdk.services.ec2.IInterfaceVpcEndpoint;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.ILayerVersion;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.rds.IDatabaseCluster;
import software.amazon.awscdk.services.rds.IDatabaseInstance;
import software.amazon.awscdk.services.secretsmanager.ISecret;

/**
 * The properties that every custom resource of this library has in common: which database, as whom, and the frame of
 * the function that connects to it.
 *
 * @param <B> the builder itself
 */
public abstract sealed class ConnectionBuilder<B extends ConnectionBuilder<B>>
        permits DatabaseMigrationProps.Builder, DatabaseRolesProps.Builder {

    /** MB; from here on Lambda gives one whole virtual CPU. */
    private static final int ONE_VIRTUAL_CPU = 1769;

    /** MB; Lambda's upper limit. */
    private static final int MOST_MEMORY = 10_240;

    private static final Duration SHORTEST_TIMEOUT = Duration.minutes(1);

    /** CloudFormation's upper limit for a custom resource. */
    private static final Duration LONGEST_SERVICE_TIMEOUT = Duration.hours(1);

    /** PostgreSQL cuts longer names. */
    private static final int MOST_NAME_BYTES = 63;

    /** CDK converts a duration of broken seconds only when it is told that the result may be broken too. */
    private static final TimeConversionOptions INEXACT =
            TimeConversionOptions.builder().integral(false).build();

    /** Of the custom resource, by the names in the template. */
    private final SortedMap<String, Object> properties = new TreeMap<>();

    private final List<IInterfaceVpcEndpoint> vpcEndpoints = new ArrayList<>();
    private final List<ISecurityGroup> securityGroups = new ArrayList<>();
    private final List<ILayerVersion> layers = new ArrayList<>();
    private @Nullable DatabaseTarget target;
    private @Nullable ISecret secret;
    private @Nullable String iamUsername;
    private @Nullable IVpc vpc;
    private @Nullable IsolatedNetwork network;
    private @Nullable SubnetSelection vpcSubnets;
    private @Nullable Duration timeout;
    private @Nullable Duration serviceTimeout;
    private @Nullable IKey environmentEncryption;
    private @Nullable Path functionArchive;
    private Protocol protocol = Protocol.PROVIDER;
    private Clock clock = Clock.systemUTC();
    private int memorySize = ONE_VIRTUAL_CPU;
    private Architecture architecture = Architecture.X86_64;
    private RetentionDays logRetention = RetentionDays.THREE_MONTHS;
    private RemovalPolicy logRemovalPolicy = RemovalPolicy.RETAIN;

    ConnectionBuilder() {}

    abstract B self();

    /** The Aurora cluster, of this app or imported; its security groups are opened to the function. */
    public B cluster(IDatabaseCluster cluster) {
        return database(DatabaseTarget.of(cluster));
    }

    /** The RDS instance, of this app or imported; its security groups are opened to the function. */
    public B instance(IDatabaseInstance instance) {
        return database(DatabaseTarget.of(instance));
    }

    /** The database server, whatever it is. One of this, {@code cluster} and {@code instance} is required. */
    public B database(DatabaseTarget database) {
        target = database;
        return self();
    }

    /** The database in the server. Default: the one that the secret names; required with {@code iamUsername}. */
    public B databaseName(String name) {
        return identifier("databaseName", "DatabaseName", name);
    }

    /**
     * Connect with the user name and the password in this secret, which has the form that RDS gives its secrets. The
     * function may read it, and no other. Exactly one of this and {@code iamUsername} is required; null, which is what a
     * cluster without a secret gives, counts as not set.
     */
    public B secret(@Nullable ISecret userSecret) {
        secret = userSecret;
        return self();
    }

    /** Connect as this user with IAM tokens. The function may connect as this user to this database, and no other. */
    public B iamUsername(String username) {
        iamUsername = username;
        return identifier("iamUsername", "IamUsername", username);
    }

    /** How much of TLS to insist on. Default: certificate and host name are verified. */
    public B sslMode(SslMode mode) {
        return property("SslMode", mode.word());
    }

    /**
     * How long a run waits for its first connection while the database refuses, does not answer, or its name does not
     * resolve. Default: five minutes, in which a cluster that is paused or new comes up. CloudFormation's express mode, which
     * does not wait for a new writer, needs twelve.
     */
    public B connectTimeout(Duration wait) {
        return duration("connectTimeout", "ConnectTimeout", wait, Duration.days(24));
    }

    /**
     * The VPC in which the function runs, and from which the database can be reached. Default: the VPC of {@code
     * network}; without both the function runs outside of any VPC.
     */
    public B vpc(IVpc functionVpc) {
        vpc = functionVpc;
        return self();
    }

    /** Run in this network, which then gets the VPC endpoints that the function needs, and no others. */
    public B network(IsolatedNetwork isolatedNetwork) {
        network = isolatedNetwork;
        return vpc(isolatedNetwork.vpc());
    }

    /**
     * The subnets of the function. Default: if it has to reach AWS services and no endpoints are named, private subnets
     * with a way out; else the isolated ones. Where the VPC has only one of these kinds, that one.
     */
    public B vpcSubnets(SubnetSelection subnets) {
        vpcSubnets = subnets;
        return self();
    }

    /** The security groups of the function. Default: one of its own. */
    public B securityGroups(ISecurityGroup... groups) {
        securityGroups.addAll(Arrays.asList(groups));
        return self();
    }

    /**
     * Interface endpoints through which the function reaches AWS services: they are opened to it, and the resource waits
     * for them. Default: those that {@code network} makes.
     */
    public B vpcEndpoints(IInterfaceVpcEndpoint... endpoints) {
        vpcEndpoints.addAll(Arrays.asList(endpoints));
        return self();
    }

    /** Who answers CloudFormation. Default: CDK's Provider framework. */
    public B protocol(Protocol who) {
        protocol = who;
        return self();
    }

    /** The time that one run has, a minute or more. Default: the longest that the protocol allows. */
    public B timeout(Duration ofFunction) {
        timeout = ofFunction;
        return self();
    }

    /**
     * How long CloudFormation waits for an answer that was lost, at most an hour. Default: two minutes longer than a run
     * can take.
     */
    public B serviceTimeout(Duration ofResource) {
        serviceTimeout = ofResource;
        return self();
    }

    /** Memory of the function in MB. Default, and least: 1,769, which is one virtual CPU. */
    public B memorySize(int megabytes) {
        memorySize = megabytes;
        return self();
    }

    /** The processor of the function. Default: x86-64. */
    public B architecture(Architecture processor) {
        architecture = processor;
        return self();
    }

    /** The key that encrypts the environment of the functions. Default: Lambda's own. */
    public B environmentEncryption(IKey key) {
        environmentEncryption = key;
        return self();
    }

    /** How long the log is kept. Default: three months. */
    public B logRetention(RetentionDays days) {
        logRetention = days;
        return self();
    }

    /**
     * What becomes of the log group when it leaves the stack. Default: it stays, so that the reasons of a stack that was
     * rolled back can still be read. Its lines expire after {@code logRetention}; the empty group has to be deleted by
     * hand.
     */
    public B logRemovalPolicy(RemovalPolicy policy) {
        logRemovalPolicy = policy;
        return self();
    }

    /** The zip of the function. Default: the one that comes with this library. */
    public B functionArchive(Path zip) {
        functionArchive = zip;
        return self();
    }

    /**
     * Gives the time of this deploy. Default: the time of the synthesis, so each synthesis gives another template; a
     * fixed clock makes a snapshot test of the stack stable.
     */
    public B clock(Clock ofDeploy) {
        clock = ofDeploy;
        return self();
    }

    final B property(String name, Object value) {
        properties.put(name, value);
        return self();
    }

    /** A name in PostgreSQL. A token is taken as it is. */
    final B identifier(String call, String property, String name) {
        requireIdentifier(call, name);
        return property(property, name);
    }

    static void requireIdentifier(String call, String name) {
        if (!Token.isUnresolved(name)
                && (name.isBlank() || name.getBytes(StandardCharsets.UTF_8).length > MOST_NAME_BYTES)) {
            throw new IllegalArgumentException(
                    "'%s' must be a name of 1 to %d bytes, got '%s'".formatted(call, MOST_NAME_BYTES, name));
        }
    }

    /** A text that means something. A token is taken as it is. */
    final B text(String call, String property, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("'%s' must not be empty. Leave it out for its default".formatted(call));
        }
        return property(property, text);
    }

    /** A time that is longer than zero and at most {@code most}. */
    final B duration(String call, String property, Duration duration, Duration most) {
        double millis = duration.toMilliseconds(INEXACT).doubleValue();
        if (millis < 1 || millis > most.toMilliseconds().doubleValue()) {
            throw new IllegalArgumentException("'%s' must be longer than zero, and at most %s, got %s"
                    .formatted(call, most.toIsoString(), duration.toIsoString()));
        }
        return property(property, duration.toIsoString());
    }

    final B moreLayers(List<ILayerVersion> more) {
        layers.addAll(more);
        return self();
    }

    final @Nullable String databaseName() {
        return properties.get("DatabaseName") instanceof String name ? name : null;
    }

    /**
     * Checks what was set and copies it.
     *
     * @throws IllegalArgumentException if something is missing, contradicts another value or is out of range
     */
    final ConnectionProps connection() {
        DatabaseTarget server = required(target, "a database: 'cluster', 'instance' or 'database'");
        Authentication authentication = authentication();
        checkNetwork(server);
        checkAuthorities(server);
        if (memorySize < ONE_VIRTUAL_CPU || memorySize > MOST_MEMORY) {
            throw new IllegalArgumentException("'memorySize' must be %d (one virtual CPU) to %d MB, got %d"
                    .formatted(ONE_VIRTUAL_CPU, MOST_MEMORY, memorySize));
        }
        Duration run = Objects.requireNonNullElse(timeout, protocol.longestTimeout());
        FunctionProps function = new FunctionProps(
                functionArchive,
                layers,
                vpc,
                vpcSubnets,
                needsAWayOut(authentication),
                securityGroups,
                run,
                memorySize,
                architecture,
                environmentEncryption,
                logRetention,
                logRemovalPolicy);
        return new ConnectionProps(
                server,
                authentication,
                properties,
                protocol,
                checkedServiceTimeout(run),
                clock,
                network,
                vpcEndpoints,
                function);
    }

    static <T> T required(@Nullable T value, String what) {
        if (value == null) {
            throw new IllegalArgumentException("Missing: " + what);
        }
        return value;
    }

    private Authentication authentication() {
        if (secret != null && iamUsername == null) {
            return new Authentication.WithSecret(secret);
        }
        if (iamUsername == null || secret != null) {
            throw new IllegalArgumentException("Exactly one of 'secret' and 'iamUsername' must be set, got "
                    + (secret == null ? "neither" : "both"));
        }
        if (!properties.containsKey("DatabaseName")) {
            throw new IllegalArgumentException(
                    "'databaseName' must be set with 'iamUsername': there is no secret that could hold it");
        }
        Object sslMode = properties.getOrDefault("SslMode", SslMode.VERIFY_FULL.word());
        if (sslMode.equals(SslMode.REQUIRE.word()) || sslMode.equals(SslMode.DISABLE.word())) {
            throw new IllegalArgumentException(
                    "'sslMode' must be VERIFY_FULL or VERIFY_CA with 'iamUsername', got '%s': another server that is taken for the database could use the token. Leave 'sslMode' out"
                            .formatted(sslMode));
        }
        return new Authentication.WithIam(iamUsername);
    }

    private boolean needsAWayOut(Authentication authentication) {
        boolean calls = protocol == Protocol.DIRECT || ConnectionProps.readsSecrets(authentication, properties);
        return calls && network == null && vpcEndpoints.isEmpty();
    }

    private void checkNetwork(DatabaseTarget server) {
        if (vpc != null) {
            return;
        }
        if (vpcSubnets != null || !securityGroups.isEmpty() || !vpcEndpoints.isEmpty()) {
            throw new IllegalArgumentException("'vpcSubnets', 'securityGroups' and 'vpcEndpoints' need 'vpc'");
        }
        if (server.connectable() != null) {
            throw new IllegalArgumentException(
                    "A database with security groups is reached from inside of its VPC. Set 'vpc' or 'network'");
        }
    }

    // With a weaker mode the server may have any certificate.
    private void checkAuthorities(DatabaseTarget server) {
        String region = server.region();
        Object mode = properties.getOrDefault("SslMode", SslMode.VERIFY_FULL.word());
        boolean verifies = mode.equals(SslMode.VERIFY_FULL.word()) || mode.equals(SslMode.VERIFY_CA.word());
        if (region != null && verifies && !properties.containsKey("SslRootCert") && !KnownRegions.include(region)) {
            throw new IllegalArgumentException(
                    "The function does not come with the authorities of RDS in the region '%s'. Get the certificate bundle of that region from AWS, and name the file in 'sslRootCert'"
                            .formatted(region));
        }
    }

    private Duration checkedServiceTimeout(Duration run) {
        Duration longest = protocol.longestTimeout();
        long given = seconds("timeout", run);
        if (given < seconds(SHORTEST_TIMEOUT) || given > seconds(longest)) {
            throw new IllegalArgumentException("'timeout' must be %d to %d s with protocol %s, got %d s"
                    .formatted(seconds(SHORTEST_TIMEOUT), seconds(longest), protocol, given));
        }
        if (serviceTimeout == null) {
            return run.plus(Duration.minutes(2));
        }
        long waited = seconds("serviceTimeout", serviceTimeout);
        if (waited < given) {
            throw new IllegalArgumentException(
                    "'serviceTimeout' must be 'timeout', which is %d s, or longer, got %d s: CloudFormation would give up while the function still works"
                            .formatted(given, waited));
        }
        if (waited > seconds(LONGEST_SERVICE_TIMEOUT)) {
            throw new IllegalArgumentException(
                    "'serviceTimeout' must be at most %d s, which is CloudFormation's limit, got %d s"
                            .formatted(seconds(LONGEST_SERVICE_TIMEOUT), waited));
        }
        return serviceTimeout;
    }

    // CloudFormation and Lambda take whole seconds only.
    private static long seconds(String call, Duration duration) {
        double seconds = duration.toSeconds(INEXACT).doubleValue();
        if (seconds != Math.rint(seconds)) {
            throw new IllegalArgumentException(
                    "'%s' must be a whole number of seconds, got %s".formatted(call, duration.toIsoString()));
        }
        return (long) seconds;
    }

    private static long seconds(Duration duration) {
        return duration.toSeconds().longValue();
    }
}
