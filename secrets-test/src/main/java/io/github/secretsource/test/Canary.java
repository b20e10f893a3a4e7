package io.github.secretsource.test;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A secret value made to be noticed, and the search for it, or a part of it, in anything a program let out.
 *
 * <p>{@code toString} does not print the value. Immutable, safe for concurrent use.
 */
public final class Canary {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int RANDOM_LENGTH = 24;
    private static final int WINDOW = 8;

    // Two halves, so that a search for the prefix over everything written does not find this source or its class file.
    private static final List<String> PREFIX = List.of("CAN", "ARY-");

    private final String value;
    private final String random;

    private Canary(String value) {
        this.value = value;
        this.random = value.startsWith(prefix()) ? value.substring(prefix().length()) : value;
    }

    /**
     * Makes a new value: the bird's name in capitals, a hyphen, and 24 random lower-case letters and digits.
     *
     * @return a canary with a value of its own
     */
    public static Canary next() {
        var value = new StringBuilder(prefix());
        ThreadLocalRandom.current()
                .ints(RANDOM_LENGTH, 0, ALPHABET.length())
                .forEach(index -> value.append(ALPHABET.charAt(index)));
        return new Canary(value.toString());
    }

    /**
     * Makes a canary of a value from elsewhere, such as a token that a server issued. All of it counts as random, so it
     * must look like nothing else.
     *
     * @param value the value, at least 8 characters
     * @return its canary
     * @throws IllegalArgumentException if the value is shorter
     */
    public static Canary of(String value) {
        var canary = new Canary(value);
        if (canary.random.length() < WINDOW) {
            throw new IllegalArgumentException("a canary needs at least 8 characters: " + canary.random.length());
        }
        return canary;
    }

    /**
     * Returns the value to plant.
     *
     * @return the value
     */
    public String value() {
        return value;
    }

    /**
     * Returns the value as it looks after what programs do to text: as it is, encoded for URLs and JSON, in Base64 at
     * each of the three alignments (the characters that do not depend on what surrounds it), in hexadecimal, as UTF-16
     * bytes, as a list of byte values, and reversed.
     *
     * @return the forms that differ, the value itself first; unmodifiable
     */
    public List<String> forms() {
        return List.copyOf(new LinkedHashSet<>(CanaryForms.of(value).values()));
    }

    /**
     * Returns in which form the value is in the output, and at which character. Any 8 characters of the random part in
     * a row count, in every form.
     *
     * @param output what a program let out
     * @return such as {@code hex at 120}, never the value; empty if it is not there
     */
    public Optional<String> findIn(CharSequence output) {
        var text = output.toString();
        for (int start = 0; start + WINDOW <= random.length(); start++) {
            var forms = CanaryForms.of(random.substring(start, start + WINDOW));
            for (var form : forms.entrySet()) {
                int at = text.indexOf(form.getValue());
                if (at >= 0) {
                    return Optional.of(form.getKey() + " at " + at);
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "Canary";
    }

    private static String prefix() {
        return String.join("", PREFIX);
    }
}
