package io.github.secretsource;

import java.util.Locale;

/** What may stand in a message: printable ASCII, everything else by its code point. Stateless. */
final class Printable {
    private Printable() {}

    /** Returns whether the character is one of ASCII that shows itself, the space included. */
    static boolean is(int codePoint) {
        return codePoint >= ' ' && codePoint <= '~';
    }

    /** Returns whether the character is a control character of ASCII or of Latin-1. */
    static boolean isControl(int codePoint) {
        return codePoint < ' ' || (codePoint >= 0x7F && codePoint <= 0x9F);
    }

    /** Returns the code point as {@code U+000D}. */
    static String codePoint(int codePoint) {
        return String.format(Locale.ROOT, "U+%04X", codePoint);
    }

    /** Returns the text with everything that is not printable ASCII replaced by its code point. */
    static String text(String text) {
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
}
