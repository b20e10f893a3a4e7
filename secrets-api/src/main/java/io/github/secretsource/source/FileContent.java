package io.github.secretsource.source;

import io.github.secretsource.SecretValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads files to their end, up to a limit, and leaves no copy behind. The buffer is direct because the JDK would
 * otherwise copy every byte into one of its own, keep that one for the thread and never wipe it. Confined to one thread.
 */
final class FileContent {

    private static final int CHUNK = 8_192;
    private static final byte[] ZEROS = new byte[CHUNK];

    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);

    /** The content, or empty if it has more bytes than the limit; then no more than a chunk beyond it was read. */
    Optional<SecretValue> read(ReadableByteChannel channel, long expected, int limit) throws IOException {
        var bytes = new byte[(int) Math.min(expected, limit)];
        int length = 0;
        try {
            while (channel.read(chunk.clear()) >= 0) {
                int more = chunk.flip().remaining();
                if (length + more > limit) {
                    return Optional.empty();
                }
                bytes = withRoom(bytes, length + more);
                chunk.get(bytes, length, more);
                length += more;
            }
            return Optional.of(value(bytes, length));
        } finally {
            Arrays.fill(bytes, (byte) 0);
            chunk.clear().put(ZEROS, 0, Math.min(CHUNK, Math.max(length, chunk.position())));
        }
    }

    private static SecretValue value(byte[] bytes, int length) {
        if (length == bytes.length) {
            return SecretValue.of(bytes);
        }
        byte[] exact = Arrays.copyOf(bytes, length);
        try {
            return SecretValue.of(exact);
        } finally {
            Arrays.fill(exact, (byte) 0);
        }
    }

    private static byte[] withRoom(byte[] bytes, int needed) {
        if (needed <= bytes.length) {
            return bytes;
        }
        byte[] larger = Arrays.copyOf(bytes, Math.max(needed, Math.min(bytes.length, Integer.MAX_VALUE / 4) * 2));
        Arrays.fill(bytes, (byte) 0);
        return larger;
    }
}
