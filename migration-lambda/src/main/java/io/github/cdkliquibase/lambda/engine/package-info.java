/**
 * The seam between a run and the database engine: narrow interfaces, and the data that they speak of. A run asks them and knows
 * no SQLSTATE, catalog, driver class or session setting. Each engine implements them in a package of its own below this one, and
 * only the wiring of the function names that package.
 */
@NullMarked
package io.github.cdkliquibase.lambda.engine;

import org.jspecify.annotations.NullMarked;
