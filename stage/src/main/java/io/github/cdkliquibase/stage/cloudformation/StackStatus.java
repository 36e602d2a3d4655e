package io.github.cdkliquibase.stage.cloudformation;

/** The state of a stack when no operation is in progress, in CloudFormation's words. */
public enum StackStatus {
    /** It was never deployed. */
    NONE,
    CREATE_COMPLETE,
    /** The first deploy failed, with rollback off. */
    CREATE_FAILED,
    /** The first deploy failed, and what it had created was deleted. Only a delete can follow. */
    ROLLBACK_COMPLETE,
    /** The first deploy failed, and so did a delete after it. */
    ROLLBACK_FAILED,
    UPDATE_COMPLETE,
    /** An update failed, with rollback off: the resources stay as they are. */
    UPDATE_FAILED,
    UPDATE_ROLLBACK_COMPLETE,
    /** A rollback failed. Only another attempt of it, or a delete, can follow. */
    UPDATE_ROLLBACK_FAILED,
    DELETE_COMPLETE,
    DELETE_FAILED
}
