/** The files of a changelog: only those in the changelog folder. */
@NullMarked
package io.github.cdkliquibase.lambda.changelog.files;

import org.jspecify.annotations.NullMarked;
