/**
 * The records of runs in the database next to Liquibase's history: unfinished changesets, and the resources that use a
 * schema.
 */
@NullMarked
package io.github.cdkliquibase.lambda.history;

import org.jspecify.annotations.NullMarked;
