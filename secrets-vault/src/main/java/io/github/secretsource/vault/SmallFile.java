package io.github.secretsource.vault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file that holds a credential or certificates: at most a MiB, and no pipe or device, which could be read for ever.
 * Stateless.
 */
final class SmallFile {
    private static final int MOST = 1 << 20;

    private SmallFile() {}

    static byte[] read(Path file) throws UnusableFileException {
        try {
            if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
                throw new UnusableFileException("is not a regular file");
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MOST + 1);
            }
            if (bytes.length > MOST) {
                throw new UnusableFileException("is too large");
            }
            return bytes;
        } catch (IOException e) {
            throw new UnusableFileException("cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }
}
