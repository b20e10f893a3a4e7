package io.github.secretsource;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value read as a JSON object, or the reason why it is none. Immutable.
 *
 * <p>The JSON library is loaded with the first value that begins as an object does, not with this class.
 */
final class JsonDocument {
    static final int MAX_BYTES = 1 << 20;

    private final SecretId id;
    private final SecretValue source;
    private final JsonNode.@Nullable Branch root;
    private final boolean isMalformed;
    private final String problem;

    private JsonDocument(
            SecretId id, SecretValue source, JsonNode.@Nullable Branch root, boolean isMalformed, String problem) {
        this.id = id;
        this.source = source;
        this.root = root;
        this.isMalformed = isMalformed;
        this.problem = problem;
    }

    /** Reads a value that carries the id. Never throws: what is wrong is {@link #problem()}. */
    static JsonDocument read(SecretId id, SecretValue source) {
        if (source.borrowed().length > MAX_BYTES) {
            return new JsonDocument(id, source, null, true, "is larger than 1 MiB, too large to be read as JSON");
        }
        try {
            return source.useChars(text -> read(id, source, text));
        } catch (SecretFormatException e) {
            return new JsonDocument(id, source, null, true, e.problem());
        }
    }

    private static JsonDocument read(SecretId id, SecretValue source, char[] text) {
        int start = start(text);
        if (start == text.length || text[start] != '{') {
            return new JsonDocument(id, source, null, false, "is not a JSON object");
        }
        try {
            return new JsonDocument(id, source, JsonReader.read(id, text, start), false, "");
        } catch (JsonReader.Malformed e) {
            return new JsonDocument(id, source, null, true, e.problem());
        }
    }

    /** Returns where the first token begins; a byte order mark may come before everything else. */
    private static int start(char[] text) {
        int at = text.length > 0 && text[0] == '\uFEFF' ? 1 : 0;
        while (at < text.length && " \t\r\n".indexOf(text[at]) >= 0) {
            at++;
        }
        return at;
    }

    /** The object, or empty if there is a {@link #problem()}. */
    Optional<JsonNode.Branch> root() {
        return Optional.ofNullable(root);
    }

    /** Returns whether it was meant as an object and is a broken one; false also for what is no object at all. */
    boolean isMalformed() {
        return isMalformed;
    }

    /** What is wrong, as the rest of a sentence about the value; empty if nothing is. */
    String problem() {
        return problem;
    }

    /** Returns a member of the object that is a text, a number or a boolean; null if it is none of these. */
    @Nullable
    SecretValue leaf(String name) {
        return root != null && root.members().get(name) instanceof JsonNode.Leaf leaf ? leaf.value() : null;
    }

    /** Returns an object or array of this document as the text that it is written as. */
    SecretValue text(JsonNode.Branch branch) {
        return source.useChars(text -> SecretValue.of(new String(text, branch.from(), branch.to() - branch.from()))
                .from(id));
    }
}
