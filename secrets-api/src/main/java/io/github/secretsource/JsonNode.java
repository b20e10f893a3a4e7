package io.github.secretsource;

import java.util.Map;

/** A part of a JSON document. Immutable; prints names, never a value. */
sealed interface JsonNode {

    /**
     * A string, a number or a boolean.
     *
     * @param value the text: a number exactly as it is written, a boolean as {@code true} or {@code false}
     */
    record Leaf(SecretValue value) implements JsonNode {}

    /** What is there and says that there is nothing. */
    enum Nothing implements JsonNode {
        /** The literal {@code null}. */
        NULL
    }

    /**
     * An object or an array.
     *
     * @param members by name; those of an array by their index, written as a JSON pointer writes it
     * @param from where it begins in the document, in characters
     * @param to where it ends
     */
    record Branch(Map<String, JsonNode> members, int from, int to) implements JsonNode {}
}
