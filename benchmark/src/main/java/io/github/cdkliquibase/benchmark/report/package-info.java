/** The results as samples, tables and plots, and the page that shows them. */
@NullMarked
package io.github.cdkliquibase.benchmark.report;

import org.jspecify.annotations.NullMarked;
