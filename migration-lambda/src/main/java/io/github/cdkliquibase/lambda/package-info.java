/**
 * The Lambda functions: CloudFormation custom resources, of which one runs a Liquibase changelog on a database with every
 * event, and another keeps the database's roles.
 *
 * <p>The handlers are what Lambda calls. {@link io.github.cdkliquibase.lambda.Wiring} puts the parts together, and alone reads
 * the environment. The package {@code cloudformation} alone knows Lambda and CloudFormation.
 */
@NullMarked
package io.github.cdkliquibase.lambda;

import org.jspecify.annotations.NullMarked;
