package io.github.secretsource.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One state of a folder. In the layout of kubelet that is the timestamped directory {@code ..data} points to, complete
 * before the link is and never changed by kubelet afterwards; in a plain folder it is the folder. Immutable.
 *
 * @param root the folder itself; a real path
 * @param base the directory that should hold the files; not yet known to be there, nor to be inside the root
 * @param target what {@code ..data} said
 * @param linked when that link was made
 */
record Generation(
        Path root,
        Path base,
        @Nullable Path target,
        @Nullable FileTime linked) {

    /** The present state of the folder at a real path. */
    static Generation of(Path root) throws IOException {
        Path data = root.resolve(VolumePath.DATA);
        if (!Files.isSymbolicLink(data)) {
            return new Generation(root, root, null, null);
        }
        Path target = Files.readSymbolicLink(data);
        FileTime linked = Files.getLastModifiedTime(data, LinkOption.NOFOLLOW_LINKS);
        return new Generation(root, root.resolve(target), target, linked);
    }

    /** Whether this is still the state of the folder, so that what was read since {@link #of} is of one piece. */
    boolean isCurrent() throws IOException {
        Path data = root.resolve(VolumePath.DATA);
        if (target == null) {
            return !Files.isSymbolicLink(data);
        }
        try {
            return target.equals(Files.readSymbolicLink(data));
        } catch (NoSuchFileException | NotLinkException e) {
            return false;
        }
    }

    /** The name of the timestamped directory, if there is one. */
    Optional<String> version() {
        return target == null
                ? Optional.empty()
                : Optional.of(FileProblem.printable(Objects.toString(target.getFileName())));
    }

    /** Whether a file of that time was complete when the link to it was made. */
    boolean isLinkedAfter(FileTime modified) {
        return linked != null && modified.compareTo(linked) <= 0;
    }
}
