package io.github.cdkliquibase.lambda.changelog.execution;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
        try {
            String normal = before + "\n" + text.strip().replaceAll("\\s+", " ");
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(normal.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
