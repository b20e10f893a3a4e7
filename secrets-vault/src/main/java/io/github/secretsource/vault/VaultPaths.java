package io.github.secretsource.vault;

import java.util.Arrays;

/** The rules for paths that are not references. Stateless. */
final class VaultPaths {
    private VaultPaths() {}

    /**
     * Returns the path of a mount without slashes around it.
     *
     * @throws IllegalArgumentException if it is none
     */
    static String checkedMount(String path) {
        String mount = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        boolean wrong = mount.isEmpty()
                || Arrays.stream(mount.split("/", -1))
                        .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."))
                || mount.chars().anyMatch(c -> c <= ' ' || c > '~' || "%?#\\".indexOf(c) >= 0);
        if (wrong) {
            throw new IllegalArgumentException(
                    "a path of a mount or namespace is one or more names with '/' between them");
        }
        return mount;
    }

    /** Whether a path is that of a mount or below it. */
    static boolean isBelow(String path, String mount) {
        return path.startsWith(mount) && path.length() > mount.length() && path.charAt(mount.length()) == '/';
    }
}
