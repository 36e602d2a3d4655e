/** Runs a changelog on an open connection. The only package that knows Liquibase. */
@NullMarked
package io.github.cdkliquibase.lambda.changelog;

import org.jspecify.annotations.NullMarked;
