package io.github.cdkliquibase.constructs.migration;

/** Whether a stack rollback may drop tables and columns in which rows were written after the deploy began. */
public enum RollbackDataLoss {
    /** Nothing is rolled back then. */
    REFUSE,
    /** The rows are lost. */
    ALLOW
}
