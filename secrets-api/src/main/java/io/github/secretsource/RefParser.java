package io.github.secretsource;

import io.github.secretsource.text.Name;
import io.github.secretsource.text.Printable;

/**
 * The one parser of references; {@link SecretRef} documents the grammar. It looks at a text once, from left to right,
 * and refuses it at the first offence. Stateless.
 */
final class RefParser {
    private static final String NO_SOURCE = "not a reference: no 'source:' prefix";

    private RefParser() {}

    /**
     * Returns the reference a text stands for.
     *
     * @throws InvalidSecretRefException if the text breaks the grammar, or is null
     */
    static SecretRef parse(String text) {
        RefRules.present(text, "reference");
        try {
            return parseExactly(text);
        } catch (InvalidSecretRefException refusal) {
            throw withHint(refusal, text);
        }
    }

    private static SecretRef parseExactly(String text) {
        if (text.isBlank()) {
            throw new InvalidSecretRefException(
                    "reference is " + (text.isEmpty() ? "empty" : "blank") + "; write 'source:path'");
        }
        RefRules.total(text.length());
        int start = sourceStart(text);
        int colon = Name.end(text, start);
        if (colon == start || colon == text.length() || text.charAt(colon) != ':') {
            throw notAReference(text, start, colon);
        }
        String source = text.substring(start, colon);
        return parseRest(new RefText("reference to '" + source + "'", text), source, colon + 1);
    }

    private static SecretRef parseRest(RefText text, String source, int from) {
        int hash = text.text().indexOf('#', from);
        int end = hash < 0 ? text.text().length() : hash;
        int mark = text.text().indexOf('?', from);
        int pathEnd = mark < 0 ? end : Math.min(mark, end);
        RefRules.path(text, from, pathEnd);
        var parameters = new RefParameters(text);
        if (pathEnd < end) {
            parameters.read(pathEnd + 1, end);
        }
        if (hash >= 0) {
            FieldRules.field(text, hash + 1);
        }
        var id = parameters.id(source, text.text().substring(from, pathEnd));
        String field = hash < 0 ? "" : text.text().substring(hash + 1);
        return SecretRef.checked(id, field, parameters.encoding());
    }

    private static int sourceStart(String text) {
        if (text.startsWith("ref+")) {
            return "ref+".length();
        }
        return text.startsWith("secretref+") ? "secretref+".length() : 0;
    }

    /** Says as little as possible: the text may be a secret that was pasted where a reference belongs. */
    private static InvalidSecretRefException notAReference(String text, int start, int at) {
        if (text.startsWith("${", start)) {
            return new InvalidSecretRefException(
                    NO_SOURCE + " but a placeholder '${' at " + start + "; references are never expanded", start);
        }
        String rule = "; write 'source:path', the source is " + Name.RULE;
        if (at == text.length() || (text.charAt(at) > ' ' && Printable.is(text.charAt(at)))) {
            return new InvalidSecretRefException(NO_SOURCE + rule);
        }
        String kind = text.charAt(at) == ' ' ? "space" : "control or non-ASCII character";
        return new InvalidSecretRefException(NO_SOURCE + ", " + kind + " at " + at + rule, at);
    }

    private static InvalidSecretRefException withHint(InvalidSecretRefException refusal, String text) {
        String trimmed = text.strip();
        if (trimmed.length() == text.length() || !isReference(trimmed)) {
            return refusal;
        }
        String problem = refusal.getMessage() + " (it is valid without the blanks around it)";
        return refusal.position().isPresent()
                ? new InvalidSecretRefException(problem, refusal.position().getAsInt())
                : new InvalidSecretRefException(problem);
    }

    private static boolean isReference(String text) {
        try {
            parseExactly(text);
            return true;
        } catch (InvalidSecretRefException refusal) {
            return false; // that it is refused is all we wanted to know
        }
    }
}
