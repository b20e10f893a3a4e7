package io.github.secretsource.source;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Guesses which variable was meant. It looks at names only, never at values. Stateless. */
final class NearestName {

    private static final Pattern USUAL = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,62}");

    private NearestName() {}

    /**
     * Returns the usual name that is the fewest edits away when case and separators do not count, if it is at most a
     * third of the asked one's length away.
     */
    static Optional<String> of(String asked, Collection<String> names) {
        Optional<String> nearest = Optional.empty();
        int fewest = Math.max(1, Math.min(asked.length(), 63) / 3) + 1;
        for (String name : new TreeSet<>(names)) {
            if (asked.length() <= 63 && USUAL.matcher(name).matches()) {
                int edits = edits(plain(asked), plain(name));
                if (edits < fewest) {
                    nearest = Optional.of(name);
                    fewest = edits;
                }
            }
        }
        return nearest;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** Counts the insertions, deletions and replacements that turn one text into the other. */
    private static int edits(String from, String to) {
        var above = new int[to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            var row = new int[to.length() + 1];
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    row[j] = i + j;
                } else {
                    int replaced = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                    row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
                }
            }
            above = row;
        }
        return above[to.length()];
    }
}
