/** Side-by-side measurements in turns and in one run, since absolute times say little. */
@NullMarked
package io.github.cdkliquibase.benchmark;

import org.jspecify.annotations.NullMarked;
