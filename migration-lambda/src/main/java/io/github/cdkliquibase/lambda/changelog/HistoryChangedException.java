package io.github.cdkliquibase.lambda.changelog;

/** Another run has written the history since the attempt has read it. */
final class HistoryChangedException extends RuntimeException {

    private static final long serialVersionUID = 1;
}
