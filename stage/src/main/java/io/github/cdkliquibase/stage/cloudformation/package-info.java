/** CloudFormation as a custom resource meets it: its events, the bucket behind the ResponseURL, and what it makes of an answer. */
@NullMarked
package io.github.cdkliquibase.stage.cloudformation;

import org.jspecify.annotations.NullMarked;
