/** What the tests of the constructs and of the sample app share: small inputs, and readers of a synthesised template. */
@NullMarked
package io.github.cdkliquibase.constructs.synthesis;

import org.jspecify.annotations.NullMarked;
