package io.github.secretsource;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a configuration, so that all of it can be put right at once. Used by one thread. */
final class ConfigProblems {

    private static final int LONGEST_KEY = 120;

    private final List<String> found = new ArrayList<>();

    /** Adds one; the problem never repeats a value that may be secret. */
    void add(String key, String problem) {
        addText(shown(key) + ": " + problem);
    }

    /** Adds one that names its key itself. */
    void addText(String problem) {
        found.add(Printable.text(problem));
    }

    /** Adds what an exception of ours says. */
    void add(IllegalArgumentException problem) {
        addText(String.valueOf(problem.getMessage()));
    }

    int count() {
        return found.size();
    }

    /** Throws all of them, if there are any. */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw toException();
        }
    }

    private IllegalArgumentException toException() {
        if (found.size() == 1) {
            return new IllegalArgumentException(found.get(0));
        }
        var listed = new ArrayList<String>();
        for (String problem : found) {
            listed.add("(" + (listed.size() + 1) + ") " + problem);
        }
        return new IllegalArgumentException(found.size() + " problems in configuration: " + String.join("; ", listed));
    }

    /** Returns a key as it may stand in a message. */
    static String shown(String key) {
        return cut(Printable.text(key), LONGEST_KEY);
    }

    /** Returns the begin of a text, with dots where it was cut. */
    static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }
}
