package io.github.cdkliquibase.constructs.database;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.rds.AuroraPostgresEngineVersion;

/**
 * What an {@link AuroraDatabase} needs to be told: where it stands, what it is for, and the names of service and
 * database. All else has a default, most of them by the stage.
 *
 * <p>Immutable.
 */
public final class AuroraDatabaseProps {

    /** Aurora's limits, in capacity units of about 2 GiB of memory. */
    private static final double LEAST_RUNNING = 0.5;

    private static final double MOST = 256;

    /** Aurora's limits. */
    private static final long SHORTEST_AUTO_PAUSE_SECONDS = 300;

    private static final long LONGEST_AUTO_PAUSE_SECONDS = 86_400;

    private static final int MOST_READERS = 15;

    final IVpc vpc;
    final DeploymentStage stage;
    final String parameterPath;
    final String databaseName;
    final SubnetSelection vpcSubnets;
    final AuroraPostgresEngineVersion engineVersion;
    final double minCapacity;
    final double maxCapacity;
    final Duration autoPause;
    final int readers;
    final boolean dataApi;
    final boolean secretRotation;
    final boolean proxy;
    final boolean iamErrorLog;
    final boolean deletionProtection;
    final RemovalPolicy removalPolicy;
    final Duration backupRetention;
    final @Nullable IKey encryptionKey;

    private AuroraDatabaseProps(Builder given) {
        boolean production = given.stage == DeploymentStage.PRODUCTION;
        vpc = given.vpc;
        stage = given.stage;
        parameterPath = parameterPath(given);
        databaseName = given.databaseName;
        vpcSubnets = Objects.requireNonNullElseGet(
                given.vpcSubnets,
                () -> SubnetSelection.builder()
                        .subnetType(SubnetType.PRIVATE_ISOLATED)
                        .build());
        engineVersion = given.engineVersion;
        minCapacity = Objects.requireNonNullElse(given.minCapacity, production ? LEAST_RUNNING : 0);
        maxCapacity = Objects.requireNonNullElse(given.maxCapacity, production ? 16.0 : 4.0);
        autoPause = given.autoPause;
        readers = Objects.requireNonNullElse(given.readers, production ? 1 : 0);
        dataApi = given.dataApi;
        secretRotation = given.secretRotation;
        proxy = given.proxy;
        iamErrorLog = given.iamErrorLog;
        deletionProtection = Objects.requireNonNullElse(given.deletionProtection, production);
        removalPolicy = Objects.requireNonNullElse(
                given.removalPolicy, production ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY);
        backupRetention = Objects.requireNonNullElse(given.backupRetention, Duration.days(production ? 35 : 1));
        encryptionKey = given.encryptionKey;
        check();
    }

    /**
     * Properties with only what is required.
     *
     * @param vpc has isolated subnets in two availability zones or more
     * @param stage what the database is for
     * @param serviceName of the service that the database belongs to; part of the names of the parameters
     * @param databaseName the database that is created in the cluster
     */
    public static Builder builder(IVpc vpc, DeploymentStage stage, String serviceName, String databaseName) {
        return new Builder(vpc, stage, serviceName, databaseName);
    }

    private static String parameterPath(Builder given) {
        if (!given.serviceName.matches("[a-zA-Z0-9_.-]+")) {
            throw new IllegalArgumentException(
                    "'serviceName' must be letters, digits, '_', '.' and '-', got '%s'".formatted(given.serviceName));
        }
        String path = Objects.requireNonNullElse(
                given.parameterPath, "/%s/%s/database".formatted(given.serviceName, given.stage.word()));
        if (!path.matches("(/[a-zA-Z0-9_.-]+)+") || path.matches("(?i)/(aws|ssm).*")) {
            throw new IllegalArgumentException(
                    "'parameterPath' must be parts of letters, digits, '_', '.' and '-' behind a '/' each, and must not begin with 'aws' or 'ssm', got '%s'"
                            .formatted(path));
        }
        return path;
    }

    private void check() {
        if (!databaseName.matches("[a-zA-Z][a-zA-Z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "'databaseName' must be 1 to 63 letters, digits and '_', and begin with a letter, got '%s'"
                            .formatted(databaseName));
        }
        boolean pauses = minCapacity == 0;
        if (!pauses && minCapacity < LEAST_RUNNING) {
            throw new IllegalArgumentException(
                    "'minCapacity' must be 0, or %s and more, got %s".formatted(LEAST_RUNNING, minCapacity));
        }
        if (maxCapacity < Math.max(minCapacity, 1) || maxCapacity > MOST) {
            throw new IllegalArgumentException(
                    "'maxCapacity' must be %s to %s, got %s".formatted(Math.max(minCapacity, 1), MOST, maxCapacity));
        }
        long pause = autoPause.toSeconds().longValue();
        if (pause < SHORTEST_AUTO_PAUSE_SECONDS || pause > LONGEST_AUTO_PAUSE_SECONDS) {
            throw new IllegalArgumentException("'autoPause' must be %d to %d s, got %d s"
                    .formatted(SHORTEST_AUTO_PAUSE_SECONDS, LONGEST_AUTO_PAUSE_SECONDS, pause));
        }
        if (readers < 0 || readers > MOST_READERS) {
            throw new IllegalArgumentException("'readers' must be 0 to %d, got %d".formatted(MOST_READERS, readers));
        }
        if (proxy && pauses) {
            throw new IllegalArgumentException(
                    "'proxy' keeps connections open, so the cluster would never pause. Set 'minCapacity' to %s or more"
                            .formatted(LEAST_RUNNING));
        }
    }

    /** Collects the properties; {@link #build} checks them. */
    public static final class Builder {

        private final IVpc vpc;
        private final DeploymentStage stage;
        private final String serviceName;
        private final String databaseName;
        private AuroraPostgresEngineVersion engineVersion = AuroraPostgresEngineVersion.VER_18_4;
        private Duration autoPause = Duration.minutes(5);
        private boolean secretRotation = true;
        private boolean dataApi;
        private boolean proxy;
        private boolean iamErrorLog;
        private @Nullable String parameterPath;
        private @Nullable SubnetSelection vpcSubnets;
        private @Nullable Double minCapacity;
        private @Nullable Double maxCapacity;
        private @Nullable Integer readers;
        private @Nullable Boolean deletionProtection;
        private @Nullable RemovalPolicy removalPolicy;
        private @Nullable Duration backupRetention;
        private @Nullable IKey encryptionKey;

        private Builder(IVpc vpc, DeploymentStage stage, String serviceName, String databaseName) {
            this.vpc = vpc;
            this.stage = stage;
            this.serviceName = serviceName;
            this.databaseName = databaseName;
        }

        /** The subnets of the servers. Default: the isolated ones. */
        public Builder vpcSubnets(SubnetSelection subnets) {
            vpcSubnets = subnets;
            return this;
        }

        /**
         * Where the Systems Manager parameters are, for a second database of the service, or of a branch. Default: {@code
         * /<service>/<stage>/database}.
         */
        public Builder parameterPath(String path) {
            parameterPath = path;
            return this;
        }

        /** The version of Aurora PostgreSQL. Default: the newest that this library knows. */
        public Builder engineVersion(AuroraPostgresEngineVersion version) {
            engineVersion = version;
            return this;
        }

        /**
         * Capacity units below which it never goes; with 0 it pauses. Default: 0 in development, 0.5 in production.
         */
        public Builder minCapacity(double units) {
            minCapacity = units;
            return this;
        }

        /** Capacity units above which it never goes. Default: 4 in development, 16 in production. */
        public Builder maxCapacity(double units) {
            maxCapacity = units;
            return this;
        }

        /** How long nobody is connected before it pauses, if it may. Default: 5 minutes, which is the least. */
        public Builder autoPause(Duration duration) {
            autoPause = duration;
            return this;
        }

        /** How many readers stand by, ready to become the writer. Default: none in development, one in production. */
        public Builder readers(int count) {
            readers = count;
            return this;
        }

        /** Whether the Data API answers. Default: no. */
        public Builder dataApi(boolean enabled) {
            dataApi = enabled;
            return this;
        }

        /**
         * Whether RDS manages the master user's secret and gives it another password every seven days. Without rotation
         * the secret is made once. Default: yes.
         */
        public Builder secretRotation(boolean enabled) {
            secretRotation = enabled;
            return this;
        }

        /** Whether applications connect through an RDS Proxy. The migration never does. Default: no. */
        public Builder proxy(boolean enabled) {
            proxy = enabled;
            return this;
        }

        /**
         * Whether the log {@code iam-db-auth-error} is exported to CloudWatch, which says why RDS refused an IAM token.
         * Default: no.
         */
        public Builder iamErrorLog(boolean exported) {
            iamErrorLog = exported;
            return this;
        }

        /** Whether RDS refuses to delete the cluster. Default: no in development, yes in production. */
        public Builder deletionProtection(boolean enabled) {
            deletionProtection = enabled;
            return this;
        }

        /**
         * What becomes of the data when the database leaves the stack. Default: it goes in development, a last snapshot
         * stays in production.
         */
        public Builder removalPolicy(RemovalPolicy policy) {
            removalPolicy = policy;
            return this;
        }

        /** How far back the database can be restored. Default: 1 day in development, 35 days in production. */
        public Builder backupRetention(Duration duration) {
            backupRetention = duration;
            return this;
        }

        /** The key that encrypts storage, backups and secret. Default: one of its own, which is rotated. */
        public Builder encryptionKey(IKey key) {
            encryptionKey = key;
            return this;
        }

        /**
         * The properties, checked.
         *
         * @throws IllegalArgumentException if a value is out of range or contradicts another; the message names it
         */
        public AuroraDatabaseProps build() {
            return new AuroraDatabaseProps(this);
        }
    }
}
