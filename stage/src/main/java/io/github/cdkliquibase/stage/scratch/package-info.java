/** Temporary folders that are gone when their owner is. */
@NullMarked
package io.github.cdkliquibase.stage.scratch;

import org.jspecify.annotations.NullMarked;
