/** A Lambda function on this machine: the zip under AWS's own Java runtime interface client, in a process of its own. */
@NullMarked
package io.github.cdkliquibase.stage.function;

import org.jspecify.annotations.NullMarked;
