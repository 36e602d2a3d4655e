/**
 * Writes the output of Liquibase and of custom changes to the function's log, without SQL, rows and values of
 * parameters.
 */
@NullMarked
package io.github.cdkliquibase.lambda.changelog.output;

import org.jspecify.annotations.NullMarked;
