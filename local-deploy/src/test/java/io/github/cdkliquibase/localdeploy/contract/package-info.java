/** What the shipped zip promises, tested from outside: events in, answers, logs and tables out. */
@NullMarked
package io.github.cdkliquibase.localdeploy.contract;

import org.jspecify.annotations.NullMarked;
