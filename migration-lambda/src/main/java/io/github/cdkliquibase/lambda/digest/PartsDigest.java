package io.github.cdkliquibase.lambda.digest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 digest of parts. Each part counts with its length, so that no two lists of parts run into each other. */
public final class PartsDigest {

    private final MessageDigest digest;

    /** A digest without parts. */
    public PartsDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    /** Adds a text. */
    public PartsDigest add(String part) {
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds bytes. */
    public PartsDigest add(byte[] part) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, part.length));
        digest.update(part);
        return this;
    }

    /** Adds a number. */
    public PartsDigest add(long part) {
        return add(ByteBuffer.allocate(Long.BYTES).putLong(0, part).array());
    }

    /** The digest in lower-case hexadecimal digits. No part can be added afterwards. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
