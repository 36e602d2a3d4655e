/** The sample application: one stack, put together from the constructs. */
@NullMarked
package io.github.cdkliquibase.infra;

import org.jspecify.annotations.NullMarked;
