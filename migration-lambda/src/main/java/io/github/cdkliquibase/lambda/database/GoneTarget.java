package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Tells whether a database could not be reached because it no longer exists. */
public final class GoneTarget {

    /** The message of the Linux resolver if no name server answers (EAI_AGAIN). */
    private static final String COULD_NOT_ASK = "Temporary failure";

    private GoneTarget() {}

    /**
     * Names the object that no longer exists. A server that refuses or does not answer may only be down, so it does not
     * count.
     *
     * @param failure that ended the attempt to connect
     * @param failures of the engine
     * @return a clause; empty if the database may still be there
     */
    public static Optional<String> of(MigrationException failure, Failures failures) {
        Optional<AwsServiceException> aws = Causes.find(failure, AwsServiceException.class);
        if (aws.isPresent()) {
            return aws.map(SecretRefusal::of).filter(SecretRefusal::isGone).map(refusal -> "the secret is deleted");
        }
        Optional<DatabaseMessage> noDatabase =
                failures.of(failure).filter(message -> message.kind() == FailureKind.NO_DATABASE);
        if (noDatabase.isPresent()) {
            return noDatabase.map(message -> "the database does not exist (%s)".formatted(message.sqlState()));
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
