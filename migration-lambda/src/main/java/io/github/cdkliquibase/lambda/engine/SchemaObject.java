package io.github.cdkliquibase.lambda.engine;

/**
 * An object of a schema, as the catalogs name it.
 *
 * @param catalog identifier of the catalog that lists it
 * @param oid identifier in that catalog; a rename keeps it
 * @param type the kind of object, such as {@code table}
 * @param identity the name as a statement writes it, with the types of arguments where the kind has some
 */
public record SchemaObject(long catalog, long oid, String type, String identity) {

    /** Kind and name, as a reason shows them. */
    @Override
    public String toString() {
        return type + " " + identity;
    }
}
