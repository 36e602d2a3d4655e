/** Checks that the changelog of the sample application can be applied, undone and chosen from on real PostgreSQL. */
@NullMarked
package io.github.cdkliquibase.changelog;

import org.jspecify.annotations.NullMarked;
