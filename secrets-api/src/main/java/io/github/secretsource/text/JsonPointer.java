package io.github.secretsource.text;

import java.util.ArrayList;
import java.util.List;

/** The way into a document: the tokens of a JSON pointer of RFC 6901, or one literal name. Stateless. */
public final class JsonPointer {

    private JsonPointer() {}

    /**
     * Returns the names from the outermost to the one asked for.
     *
     * @param way a literal name, or a JSON pointer if it begins with a slash
     * @return the names, at least one
     * @throws IllegalArgumentException if a tilde of a pointer is not followed by 0 or 1
     */
    public static List<String> tokens(String way) {
        if (!way.startsWith("/")) {
            return List.of(way);
        }
        var tokens = new ArrayList<String>();
        int from = 1;
        for (int slash = way.indexOf('/', 1); slash >= 0; slash = way.indexOf('/', from)) {
            tokens.add(unescaped(way.substring(from, slash)));
            from = slash + 1;
        }
        tokens.add(unescaped(way.substring(from)));
        return tokens;
    }

    private static String unescaped(String token) {
        for (int tilde = token.indexOf('~'); tilde >= 0; tilde = token.indexOf('~', tilde + 1)) {
            if (!token.startsWith("0", tilde + 1) && !token.startsWith("1", tilde + 1)) {
                throw new IllegalArgumentException("a '~' in a JSON pointer is followed by 0 (for '~') or 1 (for '/')");
            }
        }
        return token.replace("~1", "/").replace("~0", "~");
    }

    /**
     * Returns the pointer that names the way.
     *
     * @param tokens names, from the outermost on
     * @return a JSON pointer
     */
    public static String of(List<String> tokens) {
        var pointer = new StringBuilder();
        tokens.forEach(
                token -> pointer.append('/').append(token.replace("~", "~0").replace("/", "~1")));
        return pointer.toString();
    }
}
