package io.github.cdkliquibase.localdeploy;

/** Who answers CloudFormation: the function itself, or a provider in front of it. */
enum Protocol {
    DIRECT("handleRequest"),
    PROVIDER("onEvent");

    private final String method;

    Protocol(String method) {
        this.method = method;
    }

    String handler() {
        return "io.github.cdkliquibase.lambda.MigrationHandler::" + method;
    }
}
