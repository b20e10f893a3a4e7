package io.github.secretsource.text;

/** What a plain name is: the name of a source or of a parameter. Stateless. */
public final class Name {

    /** How many characters a name has at most. */
    public static final int LONGEST = 63;

    /** The rule, as the end of a sentence. */
    public static final String RULE = "[a-z][a-z0-9-]*, at most " + LONGEST + " characters";

    private Name() {}

    /**
     * Returns whether the whole text is a name.
     *
     * @param text any text
     * @return whether it is one
     */
    public static boolean is(String text) {
        return !text.isEmpty() && end(text, 0) == text.length();
    }

    /**
     * Returns where a name that begins at {@code from} ends.
     *
     * @param text any text
     * @param from where it begins
     * @return the offset after its last character; {@code from} itself if none begins there
     */
    public static int end(String text, int from) {
        int limit = Math.min(text.length(), from + LONGEST);
        int at = from;
        while (at < limit && (isLower(text.charAt(at)) || (at > from && isDigitOrDash(text.charAt(at))))) {
            at++;
        }
        return at;
    }

    private static boolean isLower(char character) {
        return character >= 'a' && character <= 'z';
    }

    private static boolean isDigitOrDash(char character) {
        return (character >= '0' && character <= '9') || character == '-';
    }
}
