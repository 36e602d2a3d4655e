/** Temporary folders that are gone when their owner is. */
@NullMarked
package io.github.cdkliquibase.localdeploy.scratch;

import org.jspecify.annotations.NullMarked;
