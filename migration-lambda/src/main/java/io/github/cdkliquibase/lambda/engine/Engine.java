package io.github.cdkliquibase.lambda.engine;

/**
 * A database engine, as a run needs it.
 *
 * @param connector opens connections
 * @param failures says what an exception of the driver means
 * @param sessions the lock, the settings and the bounds of a run's session
 * @param transactions how much of a changeset one transaction can hold, and what became of one
 * @param statements says what a statement of a changelog does, by its text
 * @param indexes follows index builds that outlive their statement
 * @param catalog asks for schemas and tables
 * @param objects lists and drops the objects of a schema
 * @param losses finds out what statements would drop
 */
public record Engine(
        Connector connector,
        Failures failures,
        Sessions sessions,
        Transactions transactions,
        Statements statements,
        IndexBuilds indexes,
        Catalog catalog,
        SchemaObjects objects,
        LossProbe losses) {}
