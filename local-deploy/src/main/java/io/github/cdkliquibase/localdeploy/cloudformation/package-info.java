/** CloudFormation as a custom resource meets it: its events, the bucket behind the ResponseURL, and what it makes of an answer. */
@NullMarked
package io.github.cdkliquibase.localdeploy.cloudformation;

import org.jspecify.annotations.NullMarked;
