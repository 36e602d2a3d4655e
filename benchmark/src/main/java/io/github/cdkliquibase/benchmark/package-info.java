/** Side-by-side measurements: each against a floor, in turns in one run, since absolute times say little. */
@NullMarked
package io.github.cdkliquibase.benchmark;

import org.jspecify.annotations.NullMarked;
