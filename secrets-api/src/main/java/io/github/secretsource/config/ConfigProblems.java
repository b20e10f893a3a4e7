package io.github.secretsource.config;

import io.github.secretsource.text.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Collects what is wrong with a configuration, so that all of it can be put right at once. Used by one thread. */
final class ConfigProblems {

    private static final int LONGEST_KEY = 120;

    private final List<String> found = new ArrayList<>();
    private final Consumer<String> log;

    /** Knows where a line goes that is no problem. */
    ConfigProblems(Consumer<String> log) {
        this.log = log;
    }

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

    /** Passes on what is only worth a line of the log; it holds no value either. */
    void warn(String line) {
        log.accept(line);
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
        return Printable.cut(Printable.text(key), LONGEST_KEY);
    }
}
