package io.github.cdkliquibase.lambda.digest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of texts in UTF-8, in lower-case hexadecimal digits. */
public final class Sha256 {

    private Sha256() {}

    /** The whole digest of a text: 64 digits. */
    public static String of(String text) {
        return HexFormat.of().formatHex(digest(text));
    }

    /**
     * The first bytes of the digest of a text.
     *
     * @param bytes how many, at most 32; each of them has two digits
     */
    public static String prefix(String text, int bytes) {
        return HexFormat.of().formatHex(digest(text), 0, bytes);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
