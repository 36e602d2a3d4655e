/** Splits SQL into tokens with Liquibase's own grammar, in linear time. */
@NullMarked
package io.github.cdkliquibase.lambda.changelog.sql;

import org.jspecify.annotations.NullMarked;
