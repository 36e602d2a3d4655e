package io.github.cdkliquibase.lambda.request;

/**
 * What a property may hold.
 *
 * @param <T> of the value that is read from it
 */
@FunctionalInterface
interface PropertyType<T> {

    /**
     * Reads a value.
     *
     * @param name of the property, for the message
     * @param value as CloudFormation sends it; other senders may keep numbers and booleans
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if the value is not allowed; the message names the
     *     property, the value and what is allowed
     */
    T read(String name, Object value);
}
