package io.github.secretsource.text;

import java.util.Locale;

/** What may stand in a message: printable ASCII, everything else by its code point. Stateless. */
public final class Printable {
    private static final int LONGEST_NAME = 63;

    private Printable() {}

    /**
     * Returns whether the character is one of ASCII that shows itself, the space included.
     *
     * @param codePoint a character
     * @return whether it is printed as it is
     */
    public static boolean is(int codePoint) {
        return codePoint >= ' ' && codePoint <= '~';
    }

    /**
     * Returns whether the character is a control character of ASCII or of Latin-1.
     *
     * @param codePoint a character
     * @return whether it is one
     */
    public static boolean isControl(int codePoint) {
        return codePoint < ' ' || (codePoint >= 0x7F && codePoint <= 0x9F);
    }

    /**
     * Returns the code point as {@code U+000D}.
     *
     * @param codePoint a character
     * @return its number
     */
    public static String codePoint(int codePoint) {
        return String.format(Locale.ROOT, "U+%04X", codePoint);
    }

    /**
     * Returns the text with everything that is not printable ASCII replaced by its code point.
     *
     * @param text any text
     * @return printable text
     */
    public static String text(String text) {
        if (text.chars().allMatch(Printable::is)) {
            return text;
        }
        var printable = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (is(c)) {
                printable.append((char) c);
            } else {
                printable.append(codePoint(c));
            }
        });
        return printable.toString();
    }

    /**
     * Returns the begin of a text.
     *
     * @param text any text
     * @param longest how many characters are kept
     * @return the text, with dots where it was cut
     */
    public static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }

    /**
     * Returns a name as messages show it.
     *
     * @param name any text
     * @return at most 63 characters of it, printable
     */
    public static String name(String name) {
        return text(cut(name, LONGEST_NAME));
    }

    /**
     * Returns a name as messages show it, in quotation marks.
     *
     * @param name any text
     * @return at most 63 characters of it, printable and quoted
     */
    public static String quoted(String name) {
        return "'" + name(name) + "'";
    }
}
