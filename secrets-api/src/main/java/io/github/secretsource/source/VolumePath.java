package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of one secret lie: a mounted folder or file, and the way on from there. Immutable; every answer looks
 * at the file system anew.
 *
 * @param mount absolute; a folder or a single file
 * @param within what the mount itself must lie in, if it was found by name only
 * @param inside the way from the mount to the secret; the empty path for the mount itself
 */
record VolumePath(SecretId id, Path mount, @Nullable Path within, Path inside) {

    /** The link that leads to the present generation of a volume in the layout of kubelet. */
    static final String DATA = "..data";

    /**
     * A folder that nothing may be read outside of, and the way from there to the secret.
     *
     * @param folder as configured, which may be a link
     */
    record Anchor(Path folder, Path inside) {}

    /** The mount itself if it is a folder; else the folder it is in, which is the one that changes with it. */
    Anchor anchor() {
        Path parent = mount.getParent();
        Path name = mount.getFileName();
        if (parent == null || name == null) {
            return new Anchor(mount, inside);
        }
        if (Files.isDirectory(mount) && !isPartOf(parent)) {
            return new Anchor(mount, inside);
        }
        return new Anchor(parent, name.resolve(inside));
    }

    /** Whether the mount is one of the visible names of a kubelet volume, which lead through its {@link #DATA}. */
    private boolean isPartOf(Path volume) {
        return Files.isSymbolicLink(mount) && isVolume(volume);
    }

    /** Whether a folder is in the layout of kubelet. */
    static boolean isVolume(Path folder) {
        return Files.isSymbolicLink(folder.resolve(DATA));
    }

    /** Whether the secret is what was mounted, rather than something below it. */
    boolean isMountItself() {
        return inside.equals(mount.getFileSystem().getPath(""));
    }

    /**
     * The directories in which a change of the secret shows. One is enough for a kubelet volume: every rotation there
     * replaces a link in its root, and a watch on anything below would die with the first.
     */
    List<Path> watched() {
        Anchor anchor = anchor();
        if (isMountItself() || isVolume(anchor.folder)) {
            return List.of(anchor.folder);
        }
        var directories = new ArrayList<Path>();
        Path directory = anchor.folder;
        directories.add(directory);
        for (Path name : anchor.inside) {
            directory = directory.resolve(name);
            if (!directory.equals(anchor.folder) && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                directories.add(directory);
            }
        }
        return directories;
    }
}
