package io.github.secretsource.text;

import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParsingException;
import java.io.CharArrayReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object: strictly by RFC 8259, within bounds, and without a name given twice. Used once, by one thread.
 *
 * <p>Nesting is counted on a stack of its own, before the parser goes deeper, so that no document overflows a thread's.
 *
 * @param <V> what strings, numbers and booleans are held as
 */
final class JsonReader<V> {
    static final int MAX_DEPTH = 32;
    static final int MAX_NUMBER = 1_000;
    static final int MAX_VALUES = 10_000;

    // One parser everywhere: what counts as malformed, and where a part ends, must not depend on the class path.
    private static final String PARSER = "org.eclipse.parsson.JsonProviderImpl";

    private final char[] text;
    private final int start;
    private final Function<String, V> value;
    private final JsonParser parser;
    private final Deque<Open<V>> open = new ArrayDeque<>();
    private int values;

    /** The text is not what is read here. Has no stack and no cause: it never leaves this package. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;
        private final String problem;

        private Malformed(String problem) {
            super(problem, null, false, false);
            this.problem = problem;
        }

        /** The rest of a sentence about the text, without any of its content but names. */
        String problem() {
            return problem;
        }
    }

    /** An object or an array whose end has not come yet. */
    private static final class Open<V> {
        private final Map<String, JsonNode<V>> members = new TreeMap<>();
        private final boolean isArray;
        private final int from;
        private String name = "";

        private Open(boolean isArray, int from) {
            this.isArray = isArray;
            this.from = from;
        }

        private void add(JsonNode<V> member) {
            members.put(isArray ? Integer.toString(members.size()) : name, member);
        }
    }

    /** Looked for once, when the first document is read: the search takes longer than reading does. */
    private static final class Parser {
        private static final JsonProvider PROVIDER = JsonProvider.provider();
    }

    private JsonReader(char[] text, int start, Function<String, V> value, JsonParser parser) {
        this.text = text;
        this.start = start;
        this.value = value;
        this.parser = parser;
    }

    /**
     * Returns the object a text consists of.
     *
     * @param text the document; not kept
     * @param start where its first token begins
     * @param value what to make of the text of a string, a number or a boolean
     * @throws Malformed if it is not one well-formed object within the bounds
     */
    static <V> JsonNode.Branch<V> read(char[] text, int start, Function<String, V> value) throws Malformed {
        var content = new CharArrayReader(text, start, text.length - start);
        // Never closed: closing would put the parser's buffer, with the secret still in it, into a pool.
        return new JsonReader<>(text, start, value, provider().createParser(content)).object();
    }

    private static JsonProvider provider() {
        String found = Parser.PROVIDER.getClass().getName();
        if (!found.equals(PARSER)) {
            throw new IllegalStateException("JSON in secrets is read by parsson only, and jakarta.json found " + found
                    + "; set the system property jakarta.json.provider to " + PARSER);
        }
        return Parser.PROVIDER;
    }

    private JsonNode.Branch<V> object() throws Malformed {
        JsonNode.@Nullable Branch<V> root = null;
        while (root == null) {
            root = take(next());
        }
        if (hasNext()) {
            throw malformed(end());
        }
        return root;
    }

    /** Takes one event and returns the root once it is complete. */
    private JsonNode.@Nullable Branch<V> take(Event event) throws Malformed {
        switch (event) {
            case START_OBJECT, START_ARRAY -> descend(event == Event.START_ARRAY);
            case END_OBJECT, END_ARRAY -> {
                Open<V> closed = open.pop();
                var branch = new JsonNode.Branch<>(closed.members, closed.from, end());
                if (open.isEmpty()) {
                    return branch;
                }
                add(branch);
            }
            case KEY_NAME -> name(parser.getString());
            case VALUE_STRING -> add(leaf(wellFormed(parser.getString())));
            case VALUE_NUMBER -> add(leaf(number(parser.getString())));
            case VALUE_TRUE -> add(leaf("true"));
            case VALUE_FALSE -> add(leaf("false"));
            case VALUE_NULL -> add(new JsonNode.Nothing<>());
        }
        return null;
    }

    private void descend(boolean isArray) throws Malformed {
        if (open.size() == MAX_DEPTH) {
            throw new Malformed("is JSON of more than " + MAX_DEPTH + " levels" + position(end() - 1));
        }
        open.push(new Open<>(isArray, end() - 1));
    }

    private void name(String name) throws Malformed {
        Open<V> object = open.element();
        if (object.members.containsKey(wellFormed(name))) {
            throw new Malformed("is JSON with the name " + Printable.quoted(name) + " twice" + position(end() - 1));
        }
        object.name = name;
    }

    private void add(JsonNode<V> member) throws Malformed {
        if (++values > MAX_VALUES) {
            throw new Malformed("is JSON of more than 10,000 values" + position(end() - 1));
        }
        open.element().add(member);
    }

    private String number(String digits) throws Malformed {
        if (digits.length() > MAX_NUMBER) {
            throw new Malformed("is JSON with a number of more than 1,000 digits" + position(end() - 1));
        }
        return digits;
    }

    /** Half a surrogate pair can be escaped in JSON, but it stands for no character, and UTF-8 cannot hold it. */
    private String wellFormed(String string) throws Malformed {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(string)) {
            throw new Malformed("is JSON with half a surrogate pair" + position(end() - 1));
        }
        return string;
    }

    private JsonNode<V> leaf(String of) {
        return new JsonNode.Leaf<>(value.apply(of));
    }

    private Event next() throws Malformed {
        try {
            return parser.next();
        } catch (RuntimeException e) { // its message may quote the text: only the place is passed on
            throw malformed(place(e));
        }
    }

    private boolean hasNext() throws Malformed {
        try {
            return parser.hasNext();
        } catch (RuntimeException e) { // as above
            throw malformed(place(e));
        }
    }

    private Malformed malformed(int at) {
        return new Malformed("is malformed JSON" + position(at));
    }

    /** Returns where the parser gave up, or the end of the text if it does not say. */
    private int place(RuntimeException e) {
        long offset = e instanceof JsonParsingException parsing
                ? parsing.getLocation().getStreamOffset()
                : -1;
        return offset < 0 || offset > text.length - start ? text.length : start + (int) offset;
    }

    /** Returns where the last event ends. */
    private int end() {
        return start + (int) parser.getLocation().getStreamOffset();
    }

    private String position(int at) {
        int line = 1;
        int lineStart = 0;
        for (int before = 0; before < at; before++) {
            if (text[before] == '\n') {
                line++;
                lineStart = before + 1;
            }
        }
        return " at line " + line + ", column " + (at - lineStart + 1);
    }
}
