package io.github.secretsource.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The mounts this process sees, as Linux lists them in {@code /proc/self/mountinfo}. A file that Kubernetes mounts by
 * {@code subPath} shows there with a root inside one timestamped directory of its volume: it is that generation's file
 * for ever. Immutable.
 */
final class MountInfo {

    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final String GENERATION =
            "/..20"; // how the name of each timestamped directory of this century begins
    private static final int ROOT = 3;
    private static final int MOUNT_POINT = 4;

    private final Map<String, String> roots;

    private MountInfo(Map<String, String> roots) {
        this.roots = roots;
    }

    /** The mounts of this moment; none where the system does not list them. */
    static MountInfo current() {
        try {
            return parse(new String(Files.readAllBytes(TABLE), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return parse(""); // Not Linux, or a jail without /proc: nothing is known to be frozen.
        }
    }

    /** The mounts in a text of the form described in proc(5). Lines that are not of that form count for nothing. */
    static MountInfo parse(String text) {
        var roots = new HashMap<String, String>();
        for (String line : text.split("\n", -1)) {
            String[] parts = line.split(" ", MOUNT_POINT + 2);
            if (parts.length > MOUNT_POINT) {
                roots.put(unescaped(parts[MOUNT_POINT]), unescaped(parts[ROOT])); // a later mount covers an earlier one
            }
        }
        return new MountInfo(roots);
    }

    /** Whether the file or directory at a real path belongs to a mount of one generation, which never rotates. */
    boolean isFrozen(Path real) {
        for (Path at = real; at != null; at = at.getParent()) {
            String root = roots.get(at.toString());
            if (root != null) {
                return root.contains(GENERATION);
            }
        }
        return false;
    }

    /** The kernel writes a space, a tab, a line break and a backslash as a backslash and three octal digits. */
    private static String unescaped(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (isEscape(text, i)) {
                plain.append((char) Integer.parseInt(text, i + 1, i + 4, 8));
                i += 3;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    private static boolean isEscape(String text, int at) {
        return text.charAt(at) == '\\'
                && at + 3 < text.length()
                && isBetween(text.charAt(at + 1), '0', '3')
                && isBetween(text.charAt(at + 2), '0', '7')
                && isBetween(text.charAt(at + 3), '0', '7');
    }

    private static boolean isBetween(char character, char least, char most) {
        return character >= least && character <= most;
    }
}
