/** The same changesets in the form of each contestant. */
@NullMarked
package io.github.cdkliquibase.benchmark.changelog;

import org.jspecify.annotations.NullMarked;
