package io.github.cdkliquibase.lambda.changelog;

/** Another run wrote to the history after the attempt had read it. */
final class HistoryChangedException extends RuntimeException {

    private static final long serialVersionUID = 1;
}
