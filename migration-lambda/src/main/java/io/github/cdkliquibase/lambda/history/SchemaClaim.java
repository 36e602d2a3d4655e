package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.engine.postgresql.SchemaObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which custom resources have migrated a schema, and what was in it before the first of them.
 *
 * @param resources the newest last, each once
 * @param before objects that were there; empty if this is not known, or if they were too many to be noted
 */
record SchemaClaim(List<ResourceName> resources, Optional<List<Before>> before) {

    /** A longer list would make the comment that holds it larger than a deploy should read. */
    private static final int MOST_OBJECTS = 500;

    /** An object that was there before. A rename keeps its identifiers, and a restored database keeps its name. */
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

    /** A claim of no resource, on a schema of which it is not known what it held. */
    static SchemaClaim unknown() {
        return new SchemaClaim(List.of(), Optional.empty());
    }

    SchemaClaim with(ResourceName resource) {
        List<ResourceName> all = new ArrayList<>(without(resource).resources);
        all.add(resource);
        return new SchemaClaim(List.copyOf(all), before);
    }

    SchemaClaim without(ResourceName resource) {
        return new SchemaClaim(
                resources.stream()
                        .filter(each -> !each.id().equals(resource.id()))
                        .toList(),
                before);
    }

    boolean isOf(ResourceName resource) {
        return resources.stream().anyMatch(each -> each.id().equals(resource.id()));
    }

    /** Whether a resource is the last one that has migrated the schema. */
    boolean isLast(ResourceName resource) {
        return !resources.isEmpty() && resources.getLast().id().equals(resource.id());
    }

    /** The names of the other resources, as a log line shows them; empty if there is none. */
    String others(ResourceName resource) {
        return without(resource).resources.stream().map(ResourceName::toString).collect(Collectors.joining("; "));
    }
}
