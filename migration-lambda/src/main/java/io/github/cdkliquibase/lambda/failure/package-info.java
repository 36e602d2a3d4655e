/** What may be said about a failure: reasons that help, without a secret, a parameter's value or a row in them. */
@NullMarked
package io.github.cdkliquibase.lambda.failure;

import org.jspecify.annotations.NullMarked;
