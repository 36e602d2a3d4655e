/** Secrets Manager as the AWS SDK meets it: one operation, GetSecretValue, on loopback. */
@NullMarked
package io.github.cdkliquibase.stage.secrets;

import org.jspecify.annotations.NullMarked;
