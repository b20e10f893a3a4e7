package io.github.secretsource.text;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Guesses which known name was meant by an unknown one. Pure functions; nothing is remembered. */
public final class Guess {
    private static final int LISTED = 20;
    private static final Pattern USUAL = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,62}");

    private Guess() {}

    /**
     * Returns the end of a message about an unknown name, for instance
     * {@code known: env, file, vault; did you mean 'vault'?}.
     *
     * @param asked the unknown name, which is not repeated
     * @param known the names there are
     * @return what to say
     */
    public static String hint(String asked, Collection<String> known) {
        return hint("known", asked, known);
    }

    /**
     * Returns the end of a message about an unknown name of a certain sort.
     *
     * @param sort what the names are, as in {@code fields: a, b}
     * @param asked the unknown name, which is not repeated
     * @param known the names there are
     * @return what to say
     */
    public static String hint(String sort, String asked, Collection<String> known) {
        String meant = nearest(asked, known)
                .map(name -> "; did you mean " + Printable.quoted(name) + "?")
                .orElse("");
        return listed(sort, known) + meant;
    }

    /**
     * Returns the names there are, in order, at most 20 of them.
     *
     * @param sort what the names are, as in {@code fields: a, b}
     * @param known the names
     * @return what to say
     */
    public static String listed(String sort, Collection<String> known) {
        var names = new TreeSet<>(known);
        if (names.isEmpty()) {
            return sort + ": none";
        }
        List<String> first = names.stream().limit(LISTED).map(Printable::name).toList();
        String more = names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "";
        return sort + ": " + String.join(", ", first) + more;
    }

    /**
     * Returns the known name that is the fewest edits away, the first in alphabetical order among equals. A name of n
     * characters may be max(1, n / 3) edits away; longer ones than a name may be are not compared.
     *
     * @param asked the unknown name
     * @param known the names there are
     * @return the one that was probably meant
     */
    public static Optional<String> nearest(String asked, Collection<String> known) {
        return nearest(asked, known, UnaryOperator.identity());
    }

    /**
     * Returns the nearest name when case and separators do not count, as with names of variables and files. Names that
     * nobody would give are passed over, since they may be something else.
     *
     * @param asked the unknown name
     * @param known the names there are
     * @return the one that was probably meant
     */
    public static Optional<String> nearestInAnySpelling(String asked, Collection<String> known) {
        List<String> usual =
                known.stream().filter(name -> USUAL.matcher(name).matches()).toList();
        return nearest(asked, usual, Guess::bare);
    }

    private static Optional<String> nearest(String asked, Collection<String> known, UnaryOperator<String> compared) {
        Optional<String> nearest = Optional.empty();
        if (asked.length() > Name.LONGEST) {
            return nearest;
        }
        int fewest = Math.max(1, asked.length() / 3) + 1;
        for (String name : new TreeSet<>(known)) {
            int edits = name.length() > Name.LONGEST
                    ? Integer.MAX_VALUE
                    : edits(compared.apply(asked), compared.apply(name));
            if (edits < fewest) {
                nearest = Optional.of(name);
                fewest = edits;
            }
        }
        return nearest;
    }

    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
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
