package io.github.secretsource;

import io.github.secretsource.text.Printable;

/**
 * The rules for the field of a reference: a literal key, or a JSON pointer that begins with a slash. A check returns
 * normally or throws {@link InvalidSecretRefException}. Stateless.
 */
final class FieldRules {
    private static final String RULE = "a field is printable ASCII without blanks at its ends and without %\\#?&;";

    private FieldRules() {}

    /** Checks the field that is the text from {@code from} to its end. */
    static void field(RefText text, int from) {
        int to = text.text().length();
        if (from == to) {
            throw text.refused("empty field", from, "leave out '#' or name a field");
        }
        for (int at = from; at < to; at++) {
            boolean isEnd = at == from || at == to - 1;
            if (!isAllowed(text.text(), at) || (isEnd && text.text().charAt(at) == ' ')) {
                throw text.refusedCharacter(at, RULE);
            }
        }
        if (text.text().charAt(from) == '/') {
            pointer(text, from, to);
        } else {
            literal(text, from, to);
        }
    }

    private static void literal(RefText text, int from, int to) {
        int slash = text.text().indexOf('/', from);
        if (slash >= 0) {
            throw text.refused(
                    "'/' in a literal field", slash, "write a JSON pointer: '/', and '~1' for each '/' of a key");
        }
        RefRules.dots(text, from, to, "field");
        RefRules.length(text, from, to, "field");
    }

    private static void pointer(RefText text, int from, int to) {
        int token = from + 1;
        for (int at = token; at < to; at++) {
            if (text.text().charAt(at) == '/') {
                token(text, token, at);
                token = at + 1;
            }
        }
        token(text, token, to);
    }

    /** Checks one token; {@code ~1} stands for a slash, and what follows it must not lead upwards either. */
    private static void token(RefText text, int from, int to) {
        if (from == to) {
            throw text.refused("empty token in a JSON pointer", from, "each '/' is followed by a name");
        }
        RefRules.length(text, from, to, "token");
        int part = from;
        for (int at = text.text().indexOf('~', from);
                at >= 0 && at < to;
                at = text.text().indexOf('~', at + 1)) {
            char escape = at + 1 < to ? text.text().charAt(at + 1) : '~';
            if (escape != '0' && escape != '1') {
                throw text.refused("'~' in a JSON pointer", at, "it is followed by 0 (for '~') or 1 (for '/')");
            }
            if (escape == '1') {
                RefRules.dots(text, part, at, "field");
                part = at + 2;
            }
        }
        RefRules.dots(text, part, to, "field");
    }

    private static boolean isAllowed(String text, int at) {
        char character = text.charAt(at);
        return Printable.is(character) && "%\\#?&;".indexOf(character) < 0 && !text.startsWith("${", at);
    }
}
