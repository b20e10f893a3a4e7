package io.github.secretsource.source;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What can be wrong with files, in the words of the four outcomes. It names files, never what they hold. Stateless. */
final class FileProblem {

    private static final int LONGEST = 200;
    private static final int MOST_HOPS = 40; // the limit of Linux

    private FileProblem() {}

    static SecretException of(SecretId id, IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return denied(id, denied.getFile());
        }
        if (e instanceof ClosedByInterruptException) {
            return interrupted(id);
        }
        if (e instanceof FileSystemException broken && isLoop(broken.getFile())) {
            return new SecretFormatException(
                    id, "is behind a loop of links: " + shown(broken.getFile()), "make the link point to a file");
        }
        String reason = e instanceof FileSystemException broken ? broken.getReason() : null;
        String detail = e.getClass().getSimpleName() + (reason == null ? "" : ", " + printable(reason));
        return new SecretUnavailableException(
                id, "cannot be read now: " + detail, "it is tried again; see that the volume is healthy");
    }

    private static SecretException denied(SecretId id, @Nullable String file) {
        return new SecretAccessException(
                id,
                "may not be read: " + shown(file) + " denies it to this user",
                "grant read permission; in Kubernetes by securityContext.fsGroup or the volume's defaultMode");
    }

    static SecretException interrupted(SecretId id) {
        return new SecretUnavailableException(id, "was interrupted while its files were read", "it is tried again");
    }

    static SecretException unsteady(SecretId id) {
        return new SecretUnavailableException(
                id,
                "keeps changing, or its ..data link leads nowhere",
                "it is tried again; write a new file and rename it, as kubelet does");
    }

    static SecretException notMounted(SecretId id, Path mount) {
        return new SecretNotFoundException(
                id,
                "is not mounted: " + shown(mount) + " does not exist",
                "mount it there, in Kubernetes by volumeMounts with that mountPath, or correct the path configured for"
                        + " it");
    }

    static SecretException missing(SecretId id, Path folder, Path inside) {
        return new SecretNotFoundException(
                id,
                "does not exist: " + shown(folder) + " has no " + shown(inside),
                "correct the reference, or add the key to the Secret, and to the items of the volume if it lists any");
    }

    static SecretException empty(SecretId id, Path folder) {
        return new SecretNotFoundException(
                id,
                "is empty: " + shown(folder) + " holds no files",
                "mount the volume there, or correct the path; 'kubectl describe pod' tells of a failed mount, and a"
                        + " subPath that names no key makes an empty folder");
    }

    static SecretException outside(SecretId id, Path link) {
        return new SecretFormatException(
                id,
                "is refused: " + shown(link) + " leads out of its mount",
                "mount the folder it leads to, or put the file itself there");
    }

    static SecretException irregular(SecretId id, Path file) {
        return new SecretFormatException(
                id,
                "is not a regular file: " + shown(file) + " is a pipe, a socket or a device",
                "put a file there, or move it out of the folder");
    }

    static SecretException tooLarge(SecretId id, Path file, int limit) {
        return new SecretFormatException(
                id,
                "is too large: " + shown(file) + " has more than " + limit + " bytes",
                "raise maximumSize (maximum-size in configuration) if that is meant to be a secret, or mount the right"
                        + " file");
    }

    static SecretException tooMany(SecretId id, Path folder, int limit) {
        return new SecretFormatException(
                id,
                "is too large: " + shown(folder) + " holds more than " + limit + " files",
                "mount a folder that holds one secret");
    }

    /** Follows links by hand, since the reason that the system gives is in the language of the machine. */
    private static boolean isLoop(@Nullable String file) {
        if (file == null) {
            return false;
        }
        Path at = Path.of(file);
        for (int hop = 0; hop <= MOST_HOPS; hop++) {
            if (!Files.isSymbolicLink(at)) {
                return false;
            }
            try {
                at = at.resolveSibling(Files.readSymbolicLink(at));
            } catch (IOException e) {
                return false; // It has just been replaced, so it is no loop any more.
            }
        }
        return true;
    }

    /** Whether something was not where it had just been: kubelet swapped, and another attempt sees the new state. */
    static boolean isPassing(IOException e) {
        return e instanceof NoSuchFileException
                || e instanceof java.nio.file.NotDirectoryException
                || e instanceof java.nio.file.NotLinkException;
    }

    static String shown(@Nullable Object path) {
        return path == null ? "a file" : "'" + printable(path.toString()) + "'";
    }

    /** The text fit for a message or a label: no control characters, nothing endless. */
    static String printable(String text) {
        var printable = new StringBuilder();
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            char character = text.charAt(i);
            printable.append(character >= ' ' && character <= '~' ? character : '?');
        }
        return printable.toString();
    }
}
