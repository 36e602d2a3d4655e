/** The way from a contestant to the server: delayed, or counted. */
@NullMarked
package io.github.cdkliquibase.benchmark.wire;

import org.jspecify.annotations.NullMarked;
