/**
 * CDK constructs for a database whose schema is migrated on every deploy. An app that has a database needs {@link
 * io.github.cdkliquibase.constructs.migration} alone.
 */
@NullMarked
package io.github.cdkliquibase.constructs;

import org.jspecify.annotations.NullMarked;
