/** The sample application: a function that reads what the migration made, as a user of its own with IAM tokens. */
@NullMarked
package io.github.cdkliquibase.application;

import org.jspecify.annotations.NullMarked;
