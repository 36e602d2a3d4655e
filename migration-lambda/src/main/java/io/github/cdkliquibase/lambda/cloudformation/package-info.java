/**
 * The protocol of a CloudFormation custom resource: events in, one answer out, for every kind of resource alike.
 *
 * <p>{@link io.github.cdkliquibase.lambda.cloudformation.CustomResourceHandler} has the entry points of Lambda, and
 * {@link io.github.cdkliquibase.lambda.cloudformation.ResourceWork} is what a resource does. This package knows nothing of
 * databases.
 */
@NullMarked
package io.github.cdkliquibase.lambda.cloudformation;

import org.jspecify.annotations.NullMarked;
