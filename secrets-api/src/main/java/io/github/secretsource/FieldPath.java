package io.github.secretsource;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** The way to a field: a literal name, or the tokens of a JSON pointer; and names in messages. Stateless. */
final class FieldPath {
    private static final int SHOWN = 63;
    private static final int LISTED = 20;

    private FieldPath() {}

    /**
     * Returns the names from the outermost to the one asked for.
     *
     * @param field a literal name, or a JSON pointer if it begins with a slash
     * @throws IllegalArgumentException if a tilde of a pointer is not followed by 0 or 1
     */
    static List<String> tokens(String field) {
        if (!field.startsWith("/")) {
            return List.of(field);
        }
        var tokens = new ArrayList<String>();
        int from = 1;
        for (int slash = field.indexOf('/', 1); slash >= 0; slash = field.indexOf('/', from)) {
            tokens.add(unescaped(field.substring(from, slash)));
            from = slash + 1;
        }
        tokens.add(unescaped(field.substring(from)));
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

    /** Returns a pointer to the first names of a way. */
    static String pointer(List<String> tokens) {
        var pointer = new StringBuilder();
        tokens.forEach(
                token -> pointer.append('/').append(token.replace("~", "~0").replace("/", "~1")));
        return pointer.toString();
    }

    /** Returns a name as messages show it: quoted, printable, at most 63 characters of it. */
    static String quoted(String name) {
        return "'" + shown(name) + "'";
    }

    /** Returns the names that are there, at most 20 of them, and which of them was probably meant. */
    static String hint(String asked, Collection<String> present) {
        String meant = Guess.nearest(asked, present)
                .map(name -> "; did you mean " + quoted(name) + "?")
                .orElse("");
        return listed(present) + meant;
    }

    /** Returns the names that are there, in order, at most 20 of them. */
    static String listed(Collection<String> present) {
        if (present.isEmpty()) {
            return "fields: none";
        }
        List<String> names = new TreeSet<>(present)
                .stream().limit(LISTED).map(FieldPath::shown).toList();
        String more = present.size() > LISTED ? " and " + (present.size() - LISTED) + " more" : "";
        return "fields: " + String.join(", ", names) + more;
    }

    private static String shown(String name) {
        return Printable.text(name.length() > SHOWN ? name.substring(0, SHOWN) + "..." : name);
    }
}
