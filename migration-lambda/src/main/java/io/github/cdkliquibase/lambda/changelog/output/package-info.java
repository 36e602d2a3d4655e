/** What Liquibase and custom changes say: through the function's log, without SQL, rows and values of parameters. */
@NullMarked
package io.github.cdkliquibase.lambda.changelog.output;

import org.jspecify.annotations.NullMarked;
