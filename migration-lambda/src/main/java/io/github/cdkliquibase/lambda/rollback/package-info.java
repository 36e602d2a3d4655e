/**
 * Takes a database back when CloudFormation rolls a stack back: the changesets of the deploys that are undone, from their history
 * alone. It begins with {@link io.github.cdkliquibase.lambda.rollback.StackUndo}. It knows neither Liquibase nor CloudFormation.
 */
@NullMarked
package io.github.cdkliquibase.lambda.rollback;

import org.jspecify.annotations.NullMarked;
