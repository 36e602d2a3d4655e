package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Tells whether a database could not be reached because it no longer exists. */
public final class GoneTarget {

    /** invalid_catalog_name. */
    private static final String NO_SUCH_DATABASE = "3D000";

    /** The message of the Linux resolver if no name server answers (EAI_AGAIN). */
    private static final String COULD_NOT_ASK = "Temporary failure";

    private GoneTarget() {}

    /**
     * Names the object that no longer exists. A server that refuses or does not answer may only be down, so it does not
     * count.
     *
     * @param failure that ended the attempt to connect
     * @return a clause; empty if the database may still be there
     */
    public static Optional<String> of(MigrationException failure) {
        Optional<AwsServiceException> aws = Causes.find(failure, AwsServiceException.class);
        if (aws.isPresent()) {
            return aws.map(SecretRefusal::of).filter(SecretRefusal::isGone).map(refusal -> "the secret is deleted");
        }
        if (Causes.chain(failure).stream()
                .anyMatch(cause -> cause instanceof SQLException sql && NO_SUCH_DATABASE.equals(sql.getSQLState()))) {
            return Optional.of("the database does not exist (3D000)");
        }
        return Causes.find(failure, UnknownHostException.class)
                .filter(unknown -> isUnknownToTheNameServers(String.valueOf(unknown.getMessage())))
                .map(unknown -> "no name server knows the host");
    }

    // The driver's exception holds only the name. A second look-up gives the cause. It uses the absolute name, because
    // the JVM caches the result for the other name for ten seconds.
    private static boolean isUnknownToTheNameServers(String host) {
        try {
            InetAddress.getAllByName(host.endsWith(".") ? host : host + ".");
            return false;
        } catch (UnknownHostException e) {
            return !String.valueOf(e.getMessage()).contains(COULD_NOT_ASK);
        }
    }
}
