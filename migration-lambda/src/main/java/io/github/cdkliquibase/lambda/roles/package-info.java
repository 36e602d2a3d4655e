/** The roles of a database: who owns its objects, who works with its rows, who only reads them. Knows no Liquibase. */
@NullMarked
package io.github.cdkliquibase.lambda.roles;

import org.jspecify.annotations.NullMarked;
