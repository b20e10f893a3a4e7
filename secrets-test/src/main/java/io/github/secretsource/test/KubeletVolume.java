package io.github.secretsource.test;

import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A folder laid out, and rotated, exactly as kubelet does it for a Secret, a ConfigMap or a projected volume.
 *
 * <pre>
 * payment/..2026_11_24_08_03_25.1234567890/password
 * payment/..data     -&gt; ..2026_11_24_08_03_25.1234567890
 * payment/password   -&gt; ..data/password
 * </pre>
 *
 * <p>Files have mode 0644 and directories 0755 whatever the umask, where the file system knows modes.
 *
 * <p>Any number of readers, in this or another process, may read at any time; one thread at a time may call the methods
 * that change the folder, as kubelet itself does.
 */
public final class KubeletVolume {
    /** What a {@link #write} has just done, in this order. */
    public enum Step {
        /** The new timestamped directory exists and is empty. */
        DIRECTORY_CREATED,
        /** The new timestamped directory holds all files; no link leads to it. */
        FILES_WRITTEN,
        /** {@code ..data_tmp} points to the new directory, {@code ..data} still to the old one. */
        NEXT_LINK_CREATED,
        /** {@code ..data} points to the new directory; new names have no link yet, names that are gone dangle. */
        DATA_SWAPPED,
        /** Every new name has its link. */
        NEW_NAMES_LINKED,
        /** The links of names that are gone are removed. */
        GONE_NAMES_UNLINKED,
        /** The old timestamped directory is removed, if there was one; the write is complete. */
        OLD_DIRECTORY_REMOVED
    }

    private final Path folder;
    private final AtomicWriter writer;
    private volatile Consumer<Step> onStep = step -> {};

    private KubeletVolume(Path folder) {
        this.folder = folder;
        this.writer = new AtomicWriter(folder);
    }

    /**
     * Makes a volume of a folder, which is created where it is missing. A volume already there is taken over.
     *
     * @param folder where it is mounted
     * @return the volume
     * @throws IOException if the folder cannot be created
     */
    public static KubeletVolume create(Path folder) throws IOException {
        return new KubeletVolume(Files.createDirectories(folder.toAbsolutePath()));
    }

    /**
     * Returns the folder: what a container would see as its mount.
     *
     * @return an absolute path
     */
    public Path folder() {
        return folder;
    }

    /**
     * Returns the timestamped directory that {@code ..data} points to now.
     *
     * @return an absolute path without {@code ..data} in it
     * @throws IOException if nothing was written yet
     */
    public Path dataDirectory() throws IOException {
        return writer.dataDirectory();
    }

    /**
     * Makes the files the whole content of the volume, in one atomic swap. A failure leaves the folder at the step it
     * had reached, and readers with the old or the new content, never a mix.
     *
     * @param files content by name; a name may have folders: {@code tls/key.pem}
     * @return whether anything was written; false if the files are the content already
     * @throws IllegalArgumentException if a name is one that kubelet refuses: empty, absolute, longer than 4,096 bytes,
     *     with an element longer than 255 bytes or one that begins with {@code ..} (of which kubelet lets {@code a/..b}
     *     pass)
     * @throws IOException if the file system refuses
     */
    public boolean write(Map<String, byte[]> files) throws IOException {
        return writer.write(files, onStep);
    }

    /**
     * Does the same as {@link #write}, for text.
     *
     * @param files text by name, written as UTF-8
     * @return whether anything was written
     * @throws IllegalArgumentException if a name is one that kubelet refuses
     * @throws IOException if the file system refuses
     */
    public boolean writeText(Map<String, String> files) throws IOException {
        var bytes = new HashMap<String, byte[]>();
        files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
        return write(bytes);
    }

    /**
     * Calls a hook after every step of the writes that follow, on the writing thread; it replaces the hook before it.
     * What the hook throws ends the write there, and the folder stays as a kubelet killed at that point leaves it:
     * later writes fail, as kubelet's do, while a left-over {@code ..data_tmp} exists.
     *
     * @param hook told what was just done
     */
    public void onStep(Consumer<Step> hook) {
        onStep = Objects.requireNonNull(hook, "hook");
    }

    /**
     * Overwrites a file where it is: the same inode is truncated and written, as a careless script does it.
     *
     * @param file its name in the volume
     * @param content its new content
     * @throws IOException if there is no such file
     */
    public void writeInPlace(String file, byte[] content) throws IOException {
        writeInPlace(file, content, () -> {}, new byte[0]);
    }

    /**
     * Overwrites a file where it is, in two halves: a reader in between sees the first one only, and an empty file if
     * that is empty.
     *
     * @param file its name in the volume
     * @param firstHalf what is written first
     * @param between runs between the two, on the calling thread
     * @param secondHalf what is written after it
     * @throws IOException if there is no such file
     */
    public void writeInPlace(String file, byte[] firstHalf, Runnable between, byte[] secondHalf) throws IOException {
        try (var out = Files.newOutputStream(folder.resolve(PayloadPath.of(file)), WRITE, TRUNCATE_EXISTING)) {
            out.write(firstHalf);
            between.run();
            out.write(secondHalf);
        }
    }

    /**
     * Copies a file to where it never changes afterwards: what a container sees through a {@code subPath} mount. Code
     * that finds such mounts in {@code /proc/self/mountinfo} needs a real mount; this is a plain file.
     *
     * @param file its name in the volume
     * @param target the copy, outside the folder
     * @throws IOException if there is no such file, or the copy cannot be written
     */
    public void subPath(String file, Path target) throws IOException {
        AtomicWriter.writeFile(target, Files.readAllBytes(folder.resolve(PayloadPath.of(file))));
    }

    /**
     * Deletes everything inside the folder and the folder itself. A second call does nothing.
     *
     * @throws IOException if the file system refuses
     */
    public void unmount() throws IOException {
        AtomicWriter.deleteTree(folder);
    }

    /**
     * Deletes the folder, where it still is, and creates it anew, empty: write again to fill it. On ext4 the new folder
     * usually has the inode number of the old one, on tmpfs a number of its own.
     *
     * @throws IOException if the file system refuses
     */
    public void recreate() throws IOException {
        unmount();
        Files.createDirectories(folder);
    }
}
