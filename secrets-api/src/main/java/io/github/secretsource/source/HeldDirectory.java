package io.github.secretsource.source;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A directory held open, so that what is read from it is what it holds, whatever happens to its name meanwhile. Each
 * step down refuses links, so that nobody who swaps one in can lead a reader elsewhere. (On Windows, which has no such
 * calls, names are looked up again at each step.) Confined to one thread.
 */
final class HeldDirectory implements Closeable {

    private static final Set<OpenOption> TO_READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private static final DirectoryStream.Filter<Path> ALL = new DirectoryStream.Filter<>() {
        @Override
        public boolean accept(Path entry) {
            return true;
        }
    };

    private final Path path;
    private final DirectoryStream<Path> stream;

    private HeldDirectory(Path path, DirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
    }

    /** Opens a directory that is the root or lies below it; both are real paths. */
    static HeldDirectory open(Path root, Path directory) throws IOException {
        var held = new HeldDirectory(root, entries(root));
        if (root.equals(directory)) {
            return held;
        }
        for (Path name : root.relativize(directory)) {
            try (HeldDirectory above = held) {
                held = above.into(name);
            }
        }
        return held;
    }

    private HeldDirectory into(Path name) throws IOException {
        Path below = path.resolve(name);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return new HeldDirectory(below, secure.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
        }
        if (Files.isSymbolicLink(below)) {
            throw new NotDirectoryException(below.toString());
        }
        return new HeldDirectory(below, entries(below));
    }

    private static DirectoryStream<Path> entries(Path directory) throws IOException {
        return directory.getFileSystem().provider().newDirectoryStream(directory, ALL);
    }

    Path path() {
        return path;
    }

    /** The names in the directory, or the first so many; to be asked once. */
    List<Path> names(int most) throws IOException {
        var names = new ArrayList<Path>();
        try {
            for (Path entry : stream) {
                Path name = entry.getFileName();
                if (name != null) {
                    names.add(name);
                }
                if (names.size() == most) {
                    break;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** What a name stands for: of a link the link's own. */
    BasicFileAttributes attributes(Path name) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
        }
        return Files.readAttributes(path.resolve(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Opens a file that {@link #attributes} has shown to be a regular one. Java cannot open without blocking: whoever
     * may write to the directory and puts a pipe in its place in between holds up this call, which the engine abandons
     * at its deadline.
     */
    SeekableByteChannel open(Path name) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure.newByteChannel(name, TO_READ);
        }
        return Files.newByteChannel(path.resolve(name), TO_READ);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
