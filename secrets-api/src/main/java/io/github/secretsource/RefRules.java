package io.github.secretsource;

import io.github.secretsource.text.Name;

/**
 * The rules for the parts of a reference before its field; the parser and the factories share them. A check of a range
 * returns normally or throws {@link InvalidSecretRefException}. Stateless.
 */
final class RefRules {
    static final int MAX_LENGTH = 2_048;
    static final int MAX_SEGMENT = 255;

    private static final String PATH_RULE = "a path has letters, digits, '/' and -._~@+=:,! only";
    private static final String VALUE_RULE = "a parameter has letters, digits, '/' and -._~@+=:,! only";

    private RefRules() {}

    /** Checks that the whole text is a name of a source or of a parameter. */
    static void name(RefText name) {
        int end = Name.end(name.text(), 0);
        if (end == 0 || end < name.text().length()) {
            throw name.refused("invalid name", end, "must be " + Name.RULE);
        }
    }

    /** Checks a path: segments between single slashes, of which one may begin and one may end it. */
    static void path(RefText text, int from, int to) {
        int segment = from < to && text.text().charAt(from) == '/' ? from + 1 : from;
        if (segment == to) {
            throw text.refused("missing path", from, "write 'source:path'");
        }
        for (int at = segment; at < to; at++) {
            char character = text.text().charAt(at);
            if (character == '/') {
                segment(text, segment, at);
                segment = at + 1;
            } else if (!isPlain(character)) {
                throw text.refusedCharacter(at, PATH_RULE);
            }
        }
        if (segment < to) {
            segment(text, segment, to);
        }
    }

    /** Checks the value of a parameter, which may have slashes: an audience is often an address. */
    static void value(RefText text, int from, int to) {
        if (from == to) {
            throw text.refused("empty value", from, "a parameter that has a value cannot do without");
        }
        for (int at = from; at < to; at++) {
            char character = text.text().charAt(at);
            if (character != '/' && !isPlain(character)) {
                throw text.refusedCharacter(at, VALUE_RULE);
            }
        }
        length(text, from, to, "parameter");
    }

    /** Checks a version or a stage, which some stores put into an address as one segment. */
    static void label(RefText text, int from, int to) {
        value(text, from, to);
        int slash = text.text().indexOf('/', from);
        if (slash >= 0 && slash < to) {
            throw text.refused("'/'", slash, "a version or a stage has none");
        }
        dots(text, from, to, "value");
    }

    /** Checks that a part is not {@code .} and does not begin with {@code ..}, which a store could take as a way up. */
    static void dots(RefText text, int from, int to, String part) {
        if (text.text().startsWith("..", from) && to - from >= 2) {
            String problem = to - from == 2 ? "'..' " + part + " not allowed" : part + " begins with '..'";
            throw text.refused(problem, from, "a reference has no relative parts");
        }
        if (to - from == 1 && text.text().charAt(from) == '.') {
            throw text.refused("'.' " + part + " not allowed", from, "a reference has no relative parts");
        }
    }

    /** Checks that a part is not longer than a segment may be. */
    static void length(RefText text, int from, int to, String part) {
        if (to - from > MAX_SEGMENT) {
            String problem = part + " of " + (to - from) + " characters";
            throw text.refused(problem, from, "the limit is " + MAX_SEGMENT);
        }
    }

    /** Checks the length of a whole reference or id. */
    static void total(int length) {
        if (length > MAX_LENGTH) {
            throw new InvalidSecretRefException(
                    "reference is " + length + " characters long; the limit is " + MAX_LENGTH);
        }
    }

    /** Returns the text unless it is null, which is a mistake in the configuration like any other. */
    static String present(String text, String subject) {
        if (text == null) {
            throw new InvalidSecretRefException(subject + " is null");
        }
        return text;
    }

    private static void segment(RefText text, int from, int to) {
        if (from == to) {
            throw text.refused("empty segment", from, "write 'source:path' with single slashes, none doubled");
        }
        dots(text, from, to, "segment");
        length(text, from, to, "segment");
    }

    /** Returns whether the character may stand in a path or a parameter; {@code *} is kept free for patterns. */
    private static boolean isPlain(char character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || "-._~@+=:,!".indexOf(character) >= 0;
    }
}
