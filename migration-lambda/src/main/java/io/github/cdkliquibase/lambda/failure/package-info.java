/** Turns failures into helpful reasons that hold no secret, no parameter's value and no row. */
@NullMarked
package io.github.cdkliquibase.lambda.failure;

import org.jspecify.annotations.NullMarked;
