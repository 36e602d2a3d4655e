/** The deploy without AWS: the command line, and what a person sees of it. */
@NullMarked
package io.github.cdkliquibase.localdeploy;

import org.jspecify.annotations.NullMarked;
