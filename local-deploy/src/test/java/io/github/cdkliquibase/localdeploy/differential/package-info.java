/** What the shipped zip does to a database, compared with what plain Liquibase does to another one. */
@NullMarked
package io.github.cdkliquibase.localdeploy.differential;

import org.jspecify.annotations.NullMarked;
