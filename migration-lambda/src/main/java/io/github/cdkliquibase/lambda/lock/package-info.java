/** Allows one run at a time on a database, by a lock that ends with its session. */
@NullMarked
package io.github.cdkliquibase.lambda.lock;

import org.jspecify.annotations.NullMarked;
