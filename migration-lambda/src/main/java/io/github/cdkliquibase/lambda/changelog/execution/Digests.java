package io.github.cdkliquibase.lambda.changelog.execution;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests by which the first statements of a changeset are known again. */
final class Digests {

    private Digests() {}

    /**
     * The digest of a statement and of all before it. Blanks do not count: they change when somebody formats a file.
     *
     * @param before the digest of those before; empty for the first
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
