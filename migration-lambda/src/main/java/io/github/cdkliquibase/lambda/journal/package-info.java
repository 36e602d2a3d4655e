/** Remembers how far a changeset came that runs outside a transaction, and mends what an interrupted one left behind. */
@NullMarked
package io.github.cdkliquibase.lambda.journal;

import org.jspecify.annotations.NullMarked;
