package io.github.cdkliquibase.localdeploy.differential;

/**
 * How an update by plain Liquibase ended.
 *
 * @param ok whether it succeeded
 * @param failure class and message of the exception, with those of its causes; empty if it succeeded
 */
record PlainAnswer(boolean ok, String failure) {}
