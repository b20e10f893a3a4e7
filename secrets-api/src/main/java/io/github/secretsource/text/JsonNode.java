package io.github.secretsource.text;

import java.util.Map;

/**
 * A part of a JSON document. Immutable; prints names, and values as they print themselves.
 *
 * @param <V> what a string, a number or a boolean is held as
 */
public sealed interface JsonNode<V> {

    /**
     * A string, a number or a boolean.
     *
     * @param value made of the text: a number exactly as it is written, a boolean as {@code true} or {@code false}
     * @param <V> what it is held as
     */
    record Leaf<V>(V value) implements JsonNode<V> {}

    /**
     * The literal {@code null}: what is there and says that there is nothing.
     *
     * @param <V> of the document
     */
    record Nothing<V>() implements JsonNode<V> {}

    /**
     * An object or an array.
     *
     * @param members by name; those of an array by their index, written as a JSON pointer writes it
     * @param from where it begins in the document, in characters
     * @param to where it ends
     * @param <V> of the document
     */
    record Branch<V>(Map<String, JsonNode<V>> members, int from, int to) implements JsonNode<V> {}
}
