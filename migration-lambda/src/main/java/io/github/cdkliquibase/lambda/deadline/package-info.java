/** How much time a run has. */
@NullMarked
package io.github.cdkliquibase.lambda.deadline;

import org.jspecify.annotations.NullMarked;
