package io.github.secretsource;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers parsed references by their text, for reads by text. A hit is one look-up and allocates nothing.
 *
 * <p>Safe for concurrent use, without locks of its own. Holds about {@link #LIMIT} entries: at the limit it is emptied
 * and fills again with what is in use then. Texts that are refused are not remembered.
 */
final class RefCache {
    static final int LIMIT = 4_096;

    private final ConcurrentHashMap<String, SecretRef> refs = new ConcurrentHashMap<>();

    /**
     * Returns the reference a text stands for.
     *
     * @throws InvalidSecretRefException if the text breaks the grammar, or is null
     */
    SecretRef parse(String text) {
        var known = text == null ? null : refs.get(text);
        return known != null ? known : remember(text);
    }

    /** Returns how many references are remembered. */
    int size() {
        return refs.size();
    }

    private SecretRef remember(String text) {
        var ref = RefParser.parse(text);
        if (refs.size() >= LIMIT) {
            refs.clear();
        }
        var first = refs.putIfAbsent(text, ref);
        return first != null ? first : ref;
    }
}
