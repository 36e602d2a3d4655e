package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.digest.Sha256;

/** Digests that identify the first statements of a changeset in later runs. */
final class Digests {

    private Digests() {}

    /**
     * The digest of a statement and of all statements before it. White space does not count, because formatting a file
     * changes it.
     *
     * @param before the digest of the statements before; empty for the first
     */
    static String chain(String before, String text) {
        return Sha256.of(before + "\n" + text.strip().replaceAll("\\s+", " "));
    }
}
