package io.github.cdkliquibase.lambda.digest;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/**
 * The central directory of a jar: the names, sizes and checksums of its entries. It stands at the end of the file, so that a byte of
 * a jar of some megabytes is noticed by reading some kilobytes. Source of the layout: APPNOTE of PKWARE, 4.3.12 and 4.3.16.
 */
final class JarIndex {

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int LENGTH_AT = 12;
    private static final int START_AT = 16;
    private static final int LONGEST_COMMENT = 0xffff;

    private JarIndex() {}

    /**
     * The checksum of the index.
     *
     * @throws IOException if the jar cannot be read, or has no index of this kind
     */
    static long checksum(Path jar) throws IOException {
        try (FileChannel file = FileChannel.open(jar)) {
            long tailAt = Math.max(0, file.size() - END_LENGTH - LONGEST_COMMENT);
            ByteBuffer tail = read(file, tailAt, (int) (file.size() - tailAt));
            int end = end(tail, jar);
            int length = tail.getInt(end + LENGTH_AT);
            long start = Integer.toUnsignedLong(tail.getInt(end + START_AT));
            if (length < 0 || start + length > tailAt + end) {
                throw new ZipException("The index of '%s' is not where its end says".formatted(jar));
            }
            CRC32 checksum = new CRC32();
            checksum.update(read(file, start, length));
            return checksum.getValue();
        }
    }

    private static int end(ByteBuffer tail, Path jar) throws ZipException {
        for (int at = tail.limit() - END_LENGTH; at >= 0; at--) {
            if (tail.getInt(at) == END_SIGNATURE) {
                return at;
            }
        }
        throw new ZipException("'%s' is not a jar".formatted(jar));
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
