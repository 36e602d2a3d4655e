/** The machine: its description, shares of its processors, the memory of a process. */
@NullMarked
package io.github.cdkliquibase.benchmark.machine;

import org.jspecify.annotations.NullMarked;
