package io.github.cdkliquibase.lambda.digest;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.zip.CRC32;

/**
 * The central directory of a jar: the names, sizes and checksums of its entries. It stands at the end of the file, so that a byte of
 * a jar of some megabytes is noticed by reading some kilobytes. Source of the layout: APPNOTE of PKWARE, 4.3.12 and 4.3.16.
 */
final class JarIndex {

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int LENGTH_AT = 12;
    private static final int START_AT = 16;
    private static final int ENTRY_SIGNATURE = 0x02014b50;
    private static final int ENTRY_LENGTH = 46;

    private JarIndex() {}

    /**
     * Adds a jar to a digest: the checksum of its index, or its whole content if it has no index of the usual kind.
     *
     * @throws IOException if the jar cannot be read
     */
    static void add(Path jar, PartsDigest digest) throws IOException {
        OptionalLong checksum = checksum(jar);
        if (checksum.isPresent()) {
            digest.add(checksum.getAsLong());
        } else {
            digest.add(jar);
        }
    }

    private static OptionalLong checksum(Path jar) throws IOException {
        try (FileChannel file = FileChannel.open(jar)) {
            long endAt = file.size() - END_LENGTH;
            if (endAt < 0) {
                return OptionalLong.empty();
            }
            ByteBuffer end = read(file, endAt, END_LENGTH);
            int length = end.getInt(LENGTH_AT);
            long start = Integer.toUnsignedLong(end.getInt(START_AT));
            // A comment, bytes ahead of the jar and the large format are not usual.
            if (end.getInt(0) != END_SIGNATURE || length < ENTRY_LENGTH || start + length != endAt) {
                return OptionalLong.empty();
            }
            ByteBuffer index = read(file, start, length);
            if (index.getInt(0) != ENTRY_SIGNATURE) {
                return OptionalLong.empty();
            }
            CRC32 checksum = new CRC32();
            checksum.update(index);
            return OptionalLong.of(checksum.getValue());
        }
    }

    private static ByteBuffer read(FileChannel file, long start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, start + bytes.position()) < 0) {
                throw new EOFException("The file became shorter while it was read");
            }
        }
        return bytes.flip();
    }
}
