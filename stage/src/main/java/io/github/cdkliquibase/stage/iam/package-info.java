/** IAM authentication as RDS does it: a way to a database on which tokens are checked. */
@NullMarked
package io.github.cdkliquibase.stage.iam;

import org.jspecify.annotations.NullMarked;
