/** The migration: the function, its changelog, and the custom resource that runs both on every deploy. */
@NullMarked
package io.github.cdkliquibase.constructs.migration;

import org.jspecify.annotations.NullMarked;
