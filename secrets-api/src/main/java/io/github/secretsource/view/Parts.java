package io.github.secretsource.view;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import java.util.Objects;

/** What the views have in common: parts by their key, and errors that name the part they are about. Stateless. */
final class Parts {
    private static final int SHOWN = 127;

    private Parts() {}

    /** Returns the part with a key, or the whole of a secret that has no parts. */
    static SecretValue part(Secret secret, String key) {
        return isWhole(secret) ? secret.value() : secret.field(key);
    }

    /** Returns a part as text, or says which part is none. */
    static String text(Secret secret, String key, SecretValue part) {
        try {
            return part.reveal();
        } catch (SecretFormatException e) {
            throw malformed(secret, key, e.problem());
        }
    }

    /** Returns the refusal of a part; the problem is the rest of a sentence about it, and holds no value. */
    static SecretFormatException malformed(Secret secret, String key, String problem) {
        String subject = isWhole(secret) ? "" : "field '" + shown(key) + "' ";
        return new SecretFormatException(secret.id(), subject + problem, "correct it in the store");
    }

    /** Returns the refusal of a part for what a reader of this package found, whose messages hold no content. */
    static SecretFormatException malformed(Secret secret, String key, IllegalArgumentException found) {
        return malformed(secret, key, Objects.requireNonNull(found.getMessage()));
    }

    /** Returns a name as messages show it: printable, at most 127 characters of it. */
    static String shown(String name) {
        String printable = name.replaceAll("[^ -~]", "?");
        return printable.length() > SHOWN ? printable.substring(0, SHOWN) + "..." : printable;
    }

    private static boolean isWhole(Secret secret) {
        return secret.fieldNames().isEmpty();
    }
}
