package io.github.cdkliquibase.localdeploy;

/** Which door of the function is deployed: the one for CloudFormation itself, or the one behind a provider. */
enum Door {
    DIRECT("handleRequest"),
    PROVIDER("onEvent");

    private final String method;

    Door(String method) {
        this.method = method;
    }

    String handler() {
        return "io.github.cdkliquibase.lambda.MigrationHandler::" + method;
    }
}
