package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The tables of a changelog's history.
 *
 * @param schema of the tables
 * @param history name of Liquibase's table of changesets that ran, as the server stores it
 * @param lock name of Liquibase's lock table, as the server stores it
 */
public record HistoryTables(String schema, String history, String lock) {

    /** Liquibase's columns of the history, as the server stores their names. A table with fewer is of an old version. */
    public static final List<String> COLUMNS = List.of(
            "id",
            "author",
            "filename",
            "dateexecuted",
            "orderexecuted",
            "exectype",
            "md5sum",
            "description",
            "comments",
            "tag",
            "liquibase",
            "contexts",
            "labels",
            "deployment_id");

    /** PostgreSQL cuts longer names. */
    private static final int IDENTIFIER_BYTES = 63;

    private static final int HASH_BYTES = 4;

    /** The name of the table of unfinished changesets: each history has its own. */
    public String unfinished() {
        return beside("unfinished");
    }

    /** The name of the history of deploys. */
    public String deploys() {
        return beside("deploys");
    }

    /** The name of the table with the ways back of changesets. */
    public String waysBack() {
        return beside("waysback");
    }

    /** Names of all the product's own tables beside Liquibase's two. */
    public List<String> own() {
        return List.of(unfinished(), deploys(), waysBack());
    }

    private String beside(String suffix) {
        String name = history + suffix;
        if (name.getBytes(StandardCharsets.UTF_8).length <= IDENTIFIER_BYTES) {
            return name;
        }
        return "databasechangelog" + Sha256.prefix(history, HASH_BYTES) + suffix;
    }
}
