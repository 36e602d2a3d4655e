package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.cloudformation.Attribute;

/** The attributes of the answers to a migration, besides the common ones. */
public enum MigrationAttribute implements Attribute {
    /** How many changesets the run executed. */
    APPLIED_CHANGESETS("AppliedChangesets", "0"),
    /** How many changesets the changelog has, after contexts and labels. */
    TOTAL_CHANGESETS("TotalChangesets", ""),
    /** {@code file::id::author} of the changeset that was executed last, in this run or before. */
    LAST_CHANGESET("LastChangeset", ""),
    /** Liquibase's id of the run; empty if it executed no changeset. */
    DEPLOYMENT_ID("DeploymentId", ""),
    /** The ISO-8601 instant just before the first changeset of the run; empty if it executed none. */
    RESTORE_POINT("RestorePoint", ""),
    /** {@code "true"} if Liquibase was not started, because nothing could be pending. */
    UNCHANGED("Unchanged", "false"),
    /** How many changesets a stack rollback has undone. */
    ROLLED_BACK_CHANGESETS("RolledBackChangesets", "0"),
    /** Why a stack rollback has not undone all that it should; empty if it has. */
    ROLLBACK_REASON("RollbackReason", "");

    private final String key;
    private final String whenNothingRan;

    MigrationAttribute(String key, String whenNothingRan) {
        this.key = key;
        this.whenNothingRan = whenNothingRan;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String whenNothingRan() {
        return whenNothingRan;
    }
}
