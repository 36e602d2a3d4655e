/**
 * The Lambda function: a CloudFormation custom resource whose every event runs a Liquibase changelog on a database.
 *
 * <p>This package alone knows Lambda and CloudFormation, and {@link io.github.cdkliquibase.lambda.Wiring} alone reads
 * the environment. The packages below it know neither.
 */
@NullMarked
package io.github.cdkliquibase.lambda;

import org.jspecify.annotations.NullMarked;
