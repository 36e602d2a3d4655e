package io.github.cdkliquibase.lambda.rollback;

/** The rollback ends here. The message says why, as the end of a sentence. */
final class NotUndoneException extends Exception {

    private static final long serialVersionUID = 1L;

    NotUndoneException(String why) {
        super(why);
    }
}
