package io.github.cdkliquibase.constructs.migration;

/** When CloudFormation runs the migration. */
public enum Trigger {
    /**
     * On every deploy: the time of the synthesis is a property of the resource. The stamp also tells a stack rollback,
     * which then leaves the database alone.
     */
    EVERY_DEPLOY,

    /**
     * Only when the changelog folder or another property changed. Without a stamp a stack rollback looks like any other
     * update: the function runs the former changelog, which finds nothing to do. So the rollback fails where the database
     * does not answer.
     */
    ON_CHANGE
}
