/** The zip in stacks that CloudFormation rolls back. */
@NullMarked
package io.github.cdkliquibase.localdeploy.rollback;

import org.jspecify.annotations.NullMarked;
