/** What runs keep in the database beside Liquibase's own history: changesets that were left unfinished. */
@NullMarked
package io.github.cdkliquibase.lambda.history;

import org.jspecify.annotations.NullMarked;
