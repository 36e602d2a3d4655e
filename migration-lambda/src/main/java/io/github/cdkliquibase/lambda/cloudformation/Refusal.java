package io.github.cdkliquibase.lambda.cloudformation;

/** An exception for Lambda, which shows its message and nothing else. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    Refusal(String reason) {
        super(reason, null, false, false);
    }
}
