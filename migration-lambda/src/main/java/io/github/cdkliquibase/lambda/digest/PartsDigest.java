package io.github.cdkliquibase.lambda.digest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 digest of parts. Each part counts with its length, so that no two lists of parts run into each other. */
public final class PartsDigest {

    private static final int BUFFER = 1 << 14;

    private final MessageDigest digest;
    private final byte[] buffer = new byte[BUFFER];

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

    /**
     * Adds the content of a file, which need not fit into memory.
     *
     * @throws IOException if it cannot be read
     */
    PartsDigest add(Path file) throws IOException {
        long length = 0;
        try (InputStream content = Files.newInputStream(file)) {
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                digest.update(buffer, 0, read);
                length += read;
            }
        }
        return add(length);
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
