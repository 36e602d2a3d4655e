/** What cdk-nag finds in the constructs and is meant to be so. */
@NullMarked
package io.github.cdkliquibase.constructs.nag;

import org.jspecify.annotations.NullMarked;
