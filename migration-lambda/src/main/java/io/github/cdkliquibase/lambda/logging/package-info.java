/** How the function logs: one JSON object a line, and no foreign exception's message. */
@NullMarked
package io.github.cdkliquibase.lambda.logging;

import org.jspecify.annotations.NullMarked;
