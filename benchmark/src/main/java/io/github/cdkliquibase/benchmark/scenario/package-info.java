/** The scenarios: kinds of deploys, and their conditions. */
@NullMarked
package io.github.cdkliquibase.benchmark.scenario;

import org.jspecify.annotations.NullMarked;
