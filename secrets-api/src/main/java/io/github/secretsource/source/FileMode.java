package io.github.secretsource.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/** Who may do what with a file, for people to read. Stateless. */
final class FileMode {

    private FileMode() {}

    /** Returns what follows the name of a file in a sentence, or nothing where the system does not tell. */
    static String shown(Path file) {
        try {
            var attributes = Files.readAttributes(file, PosixFileAttributes.class);
            return of(
                    attributes.permissions(),
                    attributes.owner().getName(),
                    attributes.group().getName());
        } catch (IOException | UnsupportedOperationException e) {
            return ""; // A folder above it may not be searched, or this system has no modes.
        }
    }

    static String of(Set<PosixFilePermission> permissions, String owner, String group) {
        int mode = 0;
        for (char right : PosixFilePermissions.toString(permissions).toCharArray()) {
            mode = 2 * mode + (right == '-' ? 0 : 1);
        }
        return " has mode " + String.format(Locale.ROOT, "%04o", mode) + ", owner " + FileProblem.printable(owner)
                + " and group " + FileProblem.printable(group);
    }
}
