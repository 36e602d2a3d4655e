/**
 * What stands for AWS on this machine, for a deploy without AWS and for tests: functions, CloudFormation, secrets and IAM
 * authentication, and a database.
 */
@NullMarked
package io.github.cdkliquibase.stage;

import org.jspecify.annotations.NullMarked;
