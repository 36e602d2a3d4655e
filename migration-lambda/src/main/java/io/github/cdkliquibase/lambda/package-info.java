/**
 * The Lambda functions: CloudFormation custom resources, of which one runs a Liquibase changelog on a database with every
 * event, and another keeps the database's roles.
 *
 * <p>This package alone knows Lambda and CloudFormation, and {@link io.github.cdkliquibase.lambda.Wiring} alone reads
 * the environment. The packages below it know neither.
 */
@NullMarked
package io.github.cdkliquibase.lambda;

import org.jspecify.annotations.NullMarked;
