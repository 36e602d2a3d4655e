package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.HostName;

/** Signs the tokens that RDS accepts instead of a password. */
@FunctionalInterface
interface TokenSigner {

    /**
     * Returns a new token for one user of the database at one address. It is valid for 15 minutes from now.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if region or credentials are missing
     */
    Token sign(HostName host, int port, String username);

    /**
     * A token.
     *
     * @param text must never be shown
     * @param region the region that it is valid in
     */
    record Token(String text, String region) {

        @Override
        public String toString() {
            return "Token[region=" + region + "]";
        }
    }
}
