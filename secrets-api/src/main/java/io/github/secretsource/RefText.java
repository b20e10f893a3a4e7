package io.github.secretsource;

import io.github.secretsource.text.Printable;

/**
 * A text that is being checked and what a message calls it. Immutable.
 *
 * @param subject what the text is, for instance {@code reference to 'vault'}; never the text itself
 * @param text the text; positions in messages count its characters from 0
 */
record RefText(String subject, String text) {

    /** Returns the refusal of this text for a problem at one of its characters. */
    InvalidSecretRefException refused(String problem, int at, String rule) {
        return new InvalidSecretRefException(subject + ": " + problem + " at " + at + "; " + rule, at);
    }

    /** Returns the refusal of a character that has no place where it stands; the rule says what may stand there. */
    InvalidSecretRefException refusedCharacter(int at, String rule) {
        int character = text.codePointAt(at);
        if (!Printable.is(character)) {
            String kind = Printable.isControl(character) ? "control" : "non-ASCII";
            return refused(kind + " character " + Printable.codePoint(character), at, rule);
        }
        return switch (character) {
            case ' ' -> refused("space", at, rule);
            case '%' -> refused("percent-encoding not allowed", at, "write the plain name");
            case '\\' -> refused("backslash", at, "segments are separated by '/'");
            case '$' ->
                refused(text.startsWith("${", at) ? "placeholder '${'" : "'$'", at, "references are never expanded");
            case '?' ->
                refused("reserved character '?'", at, "parameters follow the path after one '?', before any '#'");
            case '#' -> refused("reserved character '#'", at, "a field follows everything else after one '#'");
            case '&', ';' ->
                refused("reserved character '" + (char) character + "'", at, "'&' stands between parameters after '?'");
            default -> refused("character '" + (char) character + "' not allowed", at, rule);
        };
    }
}
