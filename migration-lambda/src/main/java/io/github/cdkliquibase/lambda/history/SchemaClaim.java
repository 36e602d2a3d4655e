package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.engine.SchemaObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The custom resources that have migrated a schema, and the objects that it held before the first of them.
 *
 * @param users the resources, the newest last, each once
 * @param before objects that were there; empty if this is not known, or if there were too many to record
 */
record SchemaClaim(List<User> users, Optional<List<Before>> before) {

    /** A longer list would make the comment that holds it larger than a deploy should read. */
    private static final int MOST_OBJECTS = 500;

    /**
     * A resource that has migrated the schema.
     *
     * @param drops whether a Delete of it drops the objects that it has created
     */
    record User(ResourceName resource, boolean drops) {

        boolean is(ResourceName other) {
            return resource.id().equals(other.id());
        }
    }

    /**
     * An object that was there before. Its identifiers survive a rename, and its name survives a restore of the
     * database.
     */
    record Before(long catalog, long oid, String name) {

        boolean is(SchemaObject object) {
            return object.toString().equals(name) || (object.catalog() == catalog && object.oid() == oid);
        }
    }

    /** A claim of no resource, on a schema that holds these objects. */
    static SchemaClaim before(List<SchemaObject> objects) {
        return new SchemaClaim(
                List.of(),
                objects.size() > MOST_OBJECTS
                        ? Optional.empty()
                        : Optional.of(objects.stream()
                                .map(each -> new Before(each.catalog(), each.oid(), each.toString()))
                                .toList()));
    }

    /** A claim of no resource, on a schema whose earlier content is not known. */
    static SchemaClaim unknown() {
        return new SchemaClaim(List.of(), Optional.empty());
    }

    SchemaClaim with(User user) {
        List<User> all = new ArrayList<>(without(user.resource()).users);
        all.add(user);
        return new SchemaClaim(List.copyOf(all), before);
    }

    SchemaClaim without(ResourceName resource) {
        return new SchemaClaim(users.stream().filter(each -> !each.is(resource)).toList(), before);
    }

    boolean isOf(ResourceName resource) {
        return users.stream().anyMatch(each -> each.is(resource));
    }

    /** Whether a resource is recorded as the last one that has migrated the schema, with the same option. */
    boolean isLast(User user) {
        return !users.isEmpty()
                && users.getLast().is(user.resource())
                && users.getLast().drops() == user.drops();
    }

    /** The other resources. */
    Stream<User> others(ResourceName resource) {
        return without(resource).users.stream();
    }
}
