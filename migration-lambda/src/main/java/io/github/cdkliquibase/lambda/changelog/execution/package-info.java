/** How a changeset is executed: in one transaction with its row in the history, or statement by statement. */
@NullMarked
package io.github.cdkliquibase.lambda.changelog.execution;

import org.jspecify.annotations.NullMarked;
