/** JSON as maps, lists, texts, numbers and truth values. */
@NullMarked
package io.github.cdkliquibase.lambda.json;

import org.jspecify.annotations.NullMarked;
