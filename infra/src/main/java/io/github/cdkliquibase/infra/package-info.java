/** The sample application: one stack, put together from the constructs of the packages below. */
@NullMarked
package io.github.cdkliquibase.infra;

import org.jspecify.annotations.NullMarked;
