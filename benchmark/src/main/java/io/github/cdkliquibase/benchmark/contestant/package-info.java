/** The contestants: ways to migrate a database. A run is one process, from its start to its answer or its end. */
@NullMarked
package io.github.cdkliquibase.benchmark.contestant;

import org.jspecify.annotations.NullMarked;
