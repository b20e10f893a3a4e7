package io.github.secretsource;

import io.github.secretsource.spi.SecretData;
import io.github.secretsource.text.Guess;
import io.github.secretsource.text.JsonDocument;
import io.github.secretsource.text.JsonNode;
import io.github.secretsource.text.JsonPointer;
import io.github.secretsource.text.Printable;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a secret holds, one value or named fields, and the way to a field in it.
 *
 * <p>Safe for concurrent use, without locks: the content never changes, and what was read as JSON is remembered. Two
 * threads that are the first to ask may both read it; both see the same outcome.
 */
final class SecretContent {
    private static final String FIELDS = "fields";
    private static final String WHOLE = ""; // the document of the one value is remembered under this name

    private final SecretId id;
    private final @Nullable SecretValue whole;
    private final Map<String, SecretValue> fields;

    /** What was read as JSON by the name of its field; replaced, never changed. A lost entry is read again. */
    private volatile Map<String, JsonDocument<SecretValue>> documents = Map.of();

    /**
     * A field, or why there is none.
     *
     * @param value the field; null if there is none
     * @param problem why there is none, as a message's middle part
     * @param fix what would help, as a message's last part
     */
    private record Finding(@Nullable SecretValue value, String problem, String fix) {}

    private SecretContent(SecretId id, @Nullable SecretValue whole, Map<String, SecretValue> fields) {
        this.id = id;
        this.whole = whole;
        this.fields = fields;
    }

    /** Returns what a source answered, every value with the id that errors are to name. */
    static SecretContent of(SecretId id, SecretData data) {
        var value = data.value();
        if (value.isPresent()) {
            return of(id, value.get());
        }
        var fields = new HashMap<String, SecretValue>();
        for (var field : data.fields().entrySet()) {
            fields.put(field.getKey(), field.getValue().from(id));
        }
        return new SecretContent(id, null, Map.copyOf(fields));
    }

    /** Returns content of one value. */
    static SecretContent of(SecretId id, SecretValue value) {
        return new SecretContent(id, value.from(id), Map.of());
    }

    /** Returns whether it is one value, not named fields. */
    boolean isWhole() {
        return whole != null;
    }

    /** Returns the one value. */
    SecretValue whole() {
        if (whole == null) {
            String fix = "name a field with '#' and its name; " + Guess.listed(FIELDS, fields.keySet());
            throw new SecretFormatException(id, "has no single value", fix);
        }
        return whole;
    }

    /** The names of the fields, in order; those of the JSON object that one value is; none if it is no such object. */
    Set<String> names() {
        Set<String> names = whole == null
                ? new TreeSet<>(fields.keySet())
                : document(WHOLE, whole).root().map(SecretContent::present).orElse(Set.of());
        return Collections.unmodifiableSet(names);
    }

    /**
     * Returns a field.
     *
     * @throws SecretFormatException if there is none, or if the way to it leads into malformed JSON
     */
    SecretValue field(String asked) {
        SecretValue known = known(asked);
        if (known != null) {
            return known;
        }
        Finding finding = find(asked);
        if (finding.value == null) {
            throw new SecretFormatException(id, finding.problem, finding.fix);
        }
        return finding.value;
    }

    /**
     * Returns a field, if it is there.
     *
     * @throws SecretFormatException if the way to it leads into malformed JSON
     */
    Optional<SecretValue> findField(String asked) {
        return Optional.ofNullable(find(asked).value);
    }

    /** The short way for a literal name, on which nothing is allocated; null where it does not lead to a field. */
    private @Nullable SecretValue known(String asked) {
        if (asked.startsWith("/")) {
            return null;
        }
        if (whole == null) {
            return fields.get(asked);
        }
        JsonDocument<SecretValue> document = documents.get(WHOLE);
        return document == null ? null : document.leaf(asked);
    }

    private Finding find(String asked) {
        List<String> path = JsonPointer.tokens(asked);
        if (whole != null) {
            return inside("it", document(WHOLE, whole), whole, asked, path);
        }
        String name = path.get(0);
        SecretValue field = fields.get(name);
        if (field == null) {
            return absent(asked, "", Guess.hint(FIELDS, name, fields.keySet()));
        }
        if (path.size() == 1) {
            return new Finding(field, "", "");
        }
        return inside("field " + Printable.quoted(name), document(name, field), field, asked, path);
    }

    /** Follows the path inside the document that a value is; a field's own name is behind it by then. */
    private Finding inside(
            String subject, JsonDocument<SecretValue> document, SecretValue value, String asked, List<String> path) {
        String problem = ": " + subject + " " + document.problem();
        if (document.isMalformed()) {
            throw new SecretFormatException(id, without(asked) + problem, "correct its content in the store");
        }
        if (document.root().isEmpty()) {
            return absent(asked, problem, "store a JSON object there, or leave out the field");
        }
        JsonNode<SecretValue> at = document.root().get();
        for (int token = isWhole() ? 0 : 1; token < path.size(); token++) {
            if (!(at instanceof JsonNode.Branch<SecretValue> branch)) {
                String way = Printable.quoted(JsonPointer.of(path.subList(0, token)));
                return absent(asked, ": there is nothing inside " + way, "leave out what follows " + way);
            }
            JsonNode<SecretValue> next = branch.members().get(path.get(token));
            if (next == null) {
                return absent(asked, "", Guess.hint(FIELDS, path.get(token), present(branch)));
            }
            at = next;
        }
        return end(value, asked, at);
    }

    private Finding end(SecretValue value, String asked, JsonNode<SecretValue> node) {
        if (node instanceof JsonNode.Leaf<SecretValue> leaf) {
            return new Finding(leaf.value(), "", "");
        }
        if (node instanceof JsonNode.Branch<SecretValue> branch) {
            return new Finding(part(value, branch.from(), branch.to()), "", "");
        }
        return absent(asked, ": it is null", "give it a value in the store, even an empty one");
    }

    /** Returns a part of a value as the text that it is written as. */
    private SecretValue part(SecretValue value, int from, int to) {
        return value.useChars(text -> valued(new String(text, from, to - from)));
    }

    private SecretValue valued(String text) {
        return SecretValue.of(text).from(id);
    }

    private static Finding absent(String asked, String reason, String fix) {
        return new Finding(null, without(asked) + reason, fix);
    }

    private static String without(String asked) {
        return "has no field " + Printable.quoted(asked);
    }

    private static Set<String> present(JsonNode.Branch<SecretValue> branch) {
        var names = new TreeSet<String>();
        branch.members().forEach((name, member) -> {
            if (!(member instanceof JsonNode.Nothing<SecretValue>)) {
                names.add(name);
            }
        });
        return names;
    }

    private JsonDocument<SecretValue> document(String name, SecretValue value) {
        JsonDocument<SecretValue> known = documents.get(name);
        if (known != null) {
            return known;
        }
        JsonDocument<SecretValue> read = read(value);
        var more = new HashMap<>(documents);
        more.put(name, read);
        documents = Map.copyOf(more);
        return read;
    }

    private JsonDocument<SecretValue> read(SecretValue value) {
        if (value.borrowed().length > JsonDocument.MAX_BYTES) {
            return JsonDocument.malformed("is larger than 1 MiB, too large to be read as JSON");
        }
        try {
            return value.useChars(text -> JsonDocument.read(text, this::valued));
        } catch (SecretFormatException e) { // it is no text
            return JsonDocument.malformed(e.problem());
        }
    }
}
