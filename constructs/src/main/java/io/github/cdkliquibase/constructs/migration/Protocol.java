package io.github.cdkliquibase.constructs.migration;

import software.amazon.awscdk.Duration;

/** Who answers CloudFormation. */
public enum Protocol {
    /**
     * CDK's Provider framework stands between CloudFormation and the function, and answers for it. A function that dies
     * is reported within seconds, and the function needs no way to S3.
     */
    PROVIDER("onEvent", 14),

    /**
     * CloudFormation calls the function, which puts its answer to S3 by itself: one function less, but its subnets need
     * a way to S3, such as a gateway endpoint. A function that dies is noticed when the service timeout is over.
     */
    DIRECT("handleRequest", 15);

    private final String method;
    private final int longestMinutes;

    Protocol(String method, int longestMinutes) {
        this.method = method;
        this.longestMinutes = longestMinutes;
    }

    /** The handler string of a handler class of the function's zip. */
    String handler(String className) {
        return "io.github.cdkliquibase.lambda." + className + "::" + method;
    }

    /** Lambda's own limit is 15 minutes; the Provider's function lives as long, and must outlive the one it calls. */
    Duration longestTimeout() {
        return Duration.minutes(longestMinutes);
    }
}
