package io.github.cdkliquibase.lambda.database;
import io.github.cdkliquibase.lambda.engine.HostName;

/** Signs the tokens that RDS takes in the place of a password. */
@FunctionalInterface
interface TokenSigner {

    /**
     * A new token, good for a quarter of an hour from now, for one user of the database at one address.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if region or credentials are missing
     */
    Token sign(HostName host, int port, String username);

    /**
     * A token.
     *
     * @param text never to be shown
     * @param region the region that it is good in
     */
    record Token(String text, String region) {

        @Override
        public String toString() {
            return "Token[region=" + region + "]";
        }
    }
}
