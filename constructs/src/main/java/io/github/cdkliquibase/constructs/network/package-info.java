/** The network that the database and the migration share. */
@NullMarked
package io.github.cdkliquibase.constructs.network;

import org.jspecify.annotations.NullMarked;
