/** Which run may work on a database: one at a time, by a lock that ends with the session that holds it. */
@NullMarked
package io.github.cdkliquibase.lambda.lock;

import org.jspecify.annotations.NullMarked;
