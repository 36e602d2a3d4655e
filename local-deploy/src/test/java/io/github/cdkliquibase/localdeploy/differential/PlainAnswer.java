package io.github.cdkliquibase.localdeploy.differential;

/**
 * How an update by plain Liquibase ended.
 *
 * @param ok whether it succeeded
 * @param failure class and message of the innermost exception; empty if it succeeded
 */
record PlainAnswer(boolean ok, String failure) {}
