package io.github.secretsource;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Guesses which known name was meant by an unknown one. Pure functions; nothing is remembered. */
final class Guess {
    private static final int LISTED = 20;

    private Guess() {}

    /**
     * Returns the end of a message about an unknown name, for instance
     * {@code known: env, file, vault; did you mean 'vault'?}. At most 20 names are listed; the asked one is not
     * repeated.
     */
    static String hint(String asked, Collection<String> known) {
        List<String> names = List.copyOf(new TreeSet<>(known));
        if (names.isEmpty()) {
            return "known: none";
        }
        String listed = String.join(", ", names.subList(0, Math.min(LISTED, names.size())));
        String more = names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "";
        String meant = nearest(asked, names)
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
        return Printable.text("known: " + listed + more + meant);
    }

    /**
     * Returns the known name that is the fewest edits away, the first in alphabetical order among equals. A name of n
     * characters may be max(1, n / 3) edits away; longer ones than a name may be are not compared.
     */
    static Optional<String> nearest(String asked, Collection<String> known) {
        Optional<String> nearest = Optional.empty();
        if (asked.length() > RefRules.MAX_NAME) {
            return nearest;
        }
        int fewest = Math.max(1, asked.length() / 3) + 1;
        for (String name : new TreeSet<>(known)) {
            int edits = name.length() > RefRules.MAX_NAME ? Integer.MAX_VALUE : edits(asked, name);
            if (edits < fewest) {
                nearest = Optional.of(name);
                fewest = edits;
            }
        }
        return nearest;
    }

    /** Counts insertions, deletions, replacements and swaps of neighbours that turn one name into the other. */
    private static int edits(String from, String to) {
        var cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, from, to, i, j);
            }
        }
        return cost[from.length()][to.length()];
    }

    private static int cheapest(int[][] cost, String from, String to, int i, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int cheapest = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(cheapest, cost[i - 2][j - 2] + 1) : cheapest;
    }
}
