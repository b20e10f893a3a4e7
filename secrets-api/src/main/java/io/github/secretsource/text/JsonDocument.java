package io.github.secretsource.text;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A text read as a JSON object, or the reason why it is none. Keeps nothing of the text but names and what the caller
 * makes of each value. Immutable.
 *
 * <p>The JSON library is loaded with the first text that begins as an object does, not with this class.
 *
 * @param <V> what strings, numbers and booleans are held as
 */
public final class JsonDocument<V> {

    /** How long a text may be, encoded, to be given to {@link #read}. */
    public static final int MAX_BYTES = 1 << 20;

    private final JsonNode.@Nullable Branch<V> root;
    private final boolean isMalformed;
    private final String problem;

    private JsonDocument(JsonNode.@Nullable Branch<V> root, boolean isMalformed, String problem) {
        this.root = root;
        this.isMalformed = isMalformed;
        this.problem = problem;
    }

    /**
     * Reads a text. What is wrong with it is not thrown; it is the document's {@link #problem()}.
     *
     * @param text the text; not kept
     * @param value what to make of the text of a string, a number or a boolean
     * @param <V> what those are held as
     * @return what was read
     */
    public static <V> JsonDocument<V> read(char[] text, Function<String, V> value) {
        int start = start(text);
        if (start == text.length || text[start] != '{') {
            return new JsonDocument<>(null, false, "is not a JSON object");
        }
        try {
            return new JsonDocument<>(JsonReader.read(text, start, value), false, "");
        } catch (JsonReader.Malformed e) {
            return malformed(e.problem());
        }
    }

    /**
     * Returns what stands for a text that cannot be read.
     *
     * @param problem what is wrong, as the rest of a sentence about the text
     * @param <V> what its values would be held as
     * @return a document without a root
     */
    public static <V> JsonDocument<V> malformed(String problem) {
        return new JsonDocument<>(null, true, problem);
    }

    /** Returns where the first token begins; a byte order mark may come before everything else. */
    private static int start(char[] text) {
        int at = text.length > 0 && text[0] == '\uFEFF' ? 1 : 0;
        while (at < text.length && " \t\r\n".indexOf(text[at]) >= 0) {
            at++;
        }
        return at;
    }

    /**
     * Returns the object.
     *
     * @return the object, or empty if there is a {@link #problem()}
     */
    public Optional<JsonNode.Branch<V>> root() {
        return Optional.ofNullable(root);
    }

    /**
     * Returns whether it was meant as an object and is a broken one.
     *
     * @return false also for what is no object at all
     */
    public boolean isMalformed() {
        return isMalformed;
    }

    /**
     * Returns what is wrong.
     *
     * @return the rest of a sentence about the text; empty if nothing is wrong
     */
    public String problem() {
        return problem;
    }

    /**
     * Returns a member of the object.
     *
     * @param name its name
     * @return the member; null if there is none that is a string, a number or a boolean
     */
    public @Nullable V leaf(String name) {
        return root != null && root.members().get(name) instanceof JsonNode.Leaf<V> leaf ? leaf.value() : null;
    }
}
