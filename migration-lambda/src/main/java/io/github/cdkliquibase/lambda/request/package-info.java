/** Reads the properties of the custom resource: they are checked once and typed from then on. */
@NullMarked
package io.github.cdkliquibase.lambda.request;

import org.jspecify.annotations.NullMarked;
