/**
 * The whole way without AWS: what a synth has written is deployed on this machine, from the template to the database.
 *
 * <p>Real are the template and its assets, CDK's provider framework in Node with the AWS SDK, the zip under AWS's own
 * Java runtime client, and PostgreSQL with TLS. Played, and at the wire, are CloudFormation, Lambda's Invoke, Secrets
 * Manager and the bucket that takes the answers.
 */
@NullMarked
package io.github.cdkliquibase.infra.endtoend;

import org.jspecify.annotations.NullMarked;
