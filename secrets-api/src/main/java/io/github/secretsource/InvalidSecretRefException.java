package io.github.secretsource;

import io.github.secretsource.text.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Says that the text of one or more references breaks the rules of {@link SecretRef}: a mistake in a program or in its
 * configuration, found before anything is fetched.
 *
 * <p>The message says what is wrong, at which character (counted from 0) and what the rule is. It does not repeat the
 * text, since somebody may have written a password where a reference belongs; of a text that begins with a source it
 * names the source, offending characters and parameter names. It consists of printable ASCII: anything else in it is
 * written as a code point, such as {@code U+000D}, so that it cannot forge lines in a log. There is never a cause.
 *
 * <p>Immutable and safe for concurrent use, apart from the stack trace and the suppressed exceptions every throwable
 * has.
 */
public final class InvalidSecretRefException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final int NOWHERE = -1;

    /** What is wrong, in the order given. */
    private final String[] problems;

    /** The index of the offending character, or -1. */
    private final int position;

    /**
     * Makes an exception for one problem that no single character stands for.
     *
     * @param problem what is wrong and what the rule is
     */
    public InvalidSecretRefException(String problem) {
        this(List.of(problem), NOWHERE);
    }

    /**
     * Makes an exception for one problem at one character.
     *
     * @param problem what is wrong, where, and what the rule is; used as the message as it is
     * @param position the index of the offending character in the checked text, from 0
     * @throws IllegalArgumentException if the position is negative
     */
    public InvalidSecretRefException(String problem, int position) {
        this(List.of(problem), checked(position));
    }

    /**
     * Makes one exception that lists several problems, so that all of them can be put right at once.
     *
     * @param problems what is wrong, one entry per problem, in the order they are to be listed
     * @throws IllegalArgumentException if there is no problem in the list
     */
    public InvalidSecretRefException(List<String> problems) {
        this(problems, NOWHERE);
    }

    private InvalidSecretRefException(List<String> problems, int position) {
        super(message(problems));
        this.problems = problems.stream().map(Printable::text).toArray(String[]::new);
        this.position = position;
    }

    /**
     * Returns every problem, in the order given, each as one sentence of printable ASCII.
     *
     * @return the problems, at least one; unmodifiable
     */
    public List<String> problems() {
        return List.of(problems);
    }

    /**
     * Returns where the problem is, as an index into the checked text, from 0. For a reference that is the whole text
     * as it was given; for a part such as a path it is that part.
     *
     * @return the index, or empty if there are several problems or none of the characters is the culprit
     */
    public OptionalInt position() {
        return position == NOWHERE ? OptionalInt.empty() : OptionalInt.of(position);
    }

    private static int checked(int position) {
        if (position < 0) {
            throw new IllegalArgumentException("position must not be negative: " + position);
        }
        return position;
    }

    private static String message(List<String> problems) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("problems must not be empty");
        }
        if (problems.size() == 1) {
            return Printable.text(problems.get(0));
        }
        var listed = new ArrayList<String>();
        for (String problem : problems) {
            listed.add("(" + (listed.size() + 1) + ") " + Printable.text(problem));
        }
        return problems.size() + " invalid references: " + String.join("; ", listed);
    }
}
