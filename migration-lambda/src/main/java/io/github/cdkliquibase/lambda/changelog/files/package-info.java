/** The files of a changelog: what is in the folder, and nothing else. */
@NullMarked
package io.github.cdkliquibase.lambda.changelog.files;

import org.jspecify.annotations.NullMarked;
