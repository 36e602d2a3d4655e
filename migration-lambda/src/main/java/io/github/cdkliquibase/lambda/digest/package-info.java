/** Digests of texts, by which names and statements are recognised again. */
@NullMarked
package io.github.cdkliquibase.lambda.digest;

import org.jspecify.annotations.NullMarked;
