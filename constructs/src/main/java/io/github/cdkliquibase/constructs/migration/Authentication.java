package io.github.cdkliquibase.constructs.migration;

import software.amazon.awscdk.services.secretsmanager.ISecret;

/** As whom the function connects. */
sealed interface Authentication {

    /** With the user name and the password that are in a secret. */
    record WithSecret(ISecret secret) implements Authentication {}

    /** With IAM tokens. */
    record WithIam(String username) implements Authentication {}
}
