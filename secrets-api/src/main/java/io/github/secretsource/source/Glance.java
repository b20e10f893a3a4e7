package io.github.secretsource.source;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What is to be seen of a secret's files without opening any: links, identities, sizes, times, each as a number. Other
 * numbers are a reason to look closer. The same numbers prove nothing, since a writer can set the time back. Immutable.
 *
 * @param linked whether they are reached through the link of a kubelet volume
 * @param surface of the link to the present generation, and of the folder or file it leads to
 * @param depth of the files in the folder; zero if there are none or nobody looked
 */
record Glance(boolean linked, long surface, long depth) {

    private static final long FACTOR = 1_000_003;

    /** Costs a few calls of the system. */
    static Glance atSurface(VolumePath place) {
        return at(place, false);
    }

    /** Costs one more call for each file, cheap enough for each second. Whatever the files are, none is opened. */
    static Glance at(VolumePath place) {
        return at(place, true);
    }

    private static Glance at(VolumePath place, boolean deep) {
        VolumePath.Anchor anchor = place.anchor();
        Path data = anchor.folder().resolve(VolumePath.DATA);
        boolean linked = Files.isSymbolicLink(data);
        try {
            Path target = linked ? Files.readSymbolicLink(data) : Path.of("");
            // Not through the link again: it may lead elsewhere by now, and one number is to be of one generation.
            Path path = anchor.folder().resolve(target).resolve(anchor.inside());
            var attributes = Files.readAttributes(path, BasicFileAttributes.class);
            long surface = FACTOR * target.hashCode() + FileState.of(attributes).mark();
            return new Glance(linked, surface, deep && attributes.isDirectory() ? depth(path) : 0);
        } catch (IOException e) {
            return new Glance(linked, mark(e), 0);
        }
    }

    /** Whether something looks different, as far as both looked. */
    boolean differsFrom(Glance earlier) {
        boolean both = depth != 0 && earlier.depth != 0;
        return surface != earlier.surface || (both && depth != earlier.depth);
    }

    /** A sum, since the order of a directory means nothing. */
    private static long depth(Path directory) throws IOException {
        long sum = 0;
        int seen = 0;
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                sum += (entry.hashCode() * FACTOR) ^ mark(entry);
                if (++seen > VolumeLook.MOST_FILES) {
                    break;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return sum;
    }

    private static long mark(Path entry) {
        try {
            return FileState.of(Files.readAttributes(entry, BasicFileAttributes.class))
                    .mark();
        } catch (IOException e) {
            return mark(e); // a link that leads nowhere, or a file that is just going
        }
    }

    private static long mark(IOException e) {
        return e.getClass().getName().hashCode();
    }
}
