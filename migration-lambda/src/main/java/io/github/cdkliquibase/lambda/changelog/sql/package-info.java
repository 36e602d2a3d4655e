/** How SQL is taken apart: with Liquibase's own grammar, in a time that grows with the length of the text only. */
@NullMarked
package io.github.cdkliquibase.lambda.changelog.sql;

import org.jspecify.annotations.NullMarked;
