/** The classes of ours in the contestants' processes. They use no other package of the benchmark, since none is on their class path. */
@NullMarked
package io.github.cdkliquibase.benchmark.process;

import org.jspecify.annotations.NullMarked;
