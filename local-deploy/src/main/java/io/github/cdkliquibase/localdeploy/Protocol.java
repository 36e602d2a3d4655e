package io.github.cdkliquibase.localdeploy;

/** How the function is wired to CloudFormation, and which of its doors that takes. */
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
