package io.github.secretsource.source;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the file system says about a file without opening it: enough to suspect a change, not to deny one. Immutable.
 *
 * @param key which file it is, where the system can tell
 */
record FileState(@Nullable Object key, long size, FileTime modified) {

    private static final Duration COARSEST = Duration.ofSeconds(2);

    static FileState of(BasicFileAttributes attributes) {
        return new FileState(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
    }

    /** Whether the last write was so long ago that its writer has finished. A time to come is no such time. */
    boolean isOlderThan(Duration age, Instant now) {
        Instant written = modified.toInstant();
        boolean wholeSeconds = written.equals(written.truncatedTo(ChronoUnit.SECONDS)); // some systems keep no more
        Instant end = written.plus(age).plus(wholeSeconds ? COARSEST : Duration.ZERO);
        return end.isBefore(now);
    }

    /** Written out, because the one that comes with records costs 20 ms when a program first uses any. */
    @Override
    public boolean equals(Object other) {
        return other instanceof FileState that
                && size == that.size
                && modified.equals(that.modified)
                && Objects.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(mark());
    }

    /** A number that differs when the state does, all but certainly. */
    long mark() {
        long mark = key == null ? 0 : key.hashCode();
        mark = mark * 1_000_003 + size;
        return mark * 1_000_003 + modified.hashCode();
    }
}
