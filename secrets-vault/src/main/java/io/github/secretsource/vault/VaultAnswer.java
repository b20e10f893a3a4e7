package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import io.github.secretsource.text.JsonNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered, read: a status and a JSON object, which may be empty.
 *
 * @param status 200 to 299, 400, 403, 404 or 405; others are refusals
 * @param root the object; its leaves are secret values, whatever they are
 * @param text the body that its parts refer to
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record VaultAnswer(int status, JsonNode.Branch<SecretValue> root, char[] text) {
    private static final long SECOND = 1_000_000_000;
    private static final long MOST_SECONDS = 1_000_000_000;

    boolean isOk() {
        return status / 100 == 2;
    }

    /** Whether the server named errors: a missing secret has none, a mount that is missing or of another kind has. */
    boolean namesErrors() {
        return isFilled("errors") || isFilled("warnings");
    }

    private boolean isFilled(String name) {
        return root.members().get(name) instanceof JsonNode.Branch<SecretValue> list
                && !list.members().isEmpty();
    }

    Optional<JsonNode.Branch<SecretValue>> object(String name) {
        return object(root, name);
    }

    static Optional<JsonNode.Branch<SecretValue>> object(JsonNode.Branch<SecretValue> in, String name) {
        return in.members().get(name) instanceof JsonNode.Branch<SecretValue> branch
                ? Optional.of(branch)
                : Optional.empty();
    }

    /** A string, number or flag as text, which must not be a secret then. */
    static @Nullable String text(JsonNode.Branch<SecretValue> in, String name) {
        SecretValue value = secret(in, name);
        return value == null ? null : value.reveal();
    }

    static @Nullable SecretValue secret(JsonNode.Branch<SecretValue> in, String name) {
        return in.members().get(name) instanceof JsonNode.Leaf<SecretValue> leaf ? leaf.value() : null;
    }

    /** A whole number, or zero where there is none. */
    static long number(JsonNode.Branch<SecretValue> in, String name) {
        String text = text(in, name);
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** A number of seconds, as nanoseconds: at most some thirty years, beyond which sums of them overflow. */
    static long nanos(JsonNode.Branch<SecretValue> in, String name) {
        return Math.max(-1, Math.min(number(in, name), MOST_SECONDS)) * SECOND;
    }

    /** How much of a time is sure that a limit has cut short: the server rounds it to a second. */
    static long sure(long ttl, long asked) {
        return ttl > 0 && ttl < asked ? Math.max(ttl / 2, ttl - SECOND / 2) : ttl;
    }

    @Override
    public String toString() {
        return "VaultAnswer[status=" + status + "]";
    }
}
