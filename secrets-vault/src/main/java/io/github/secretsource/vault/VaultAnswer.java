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
record VaultAnswer(int status, JsonNode.Branch<SecretValue> root, char[] text) {

    boolean isOk() {
        return status / 100 == 2;
    }

    /** Whether the server named errors: a missing secret has none, a missing mount or namespace has. */
    boolean namesErrors() {
        return root.members().get("errors") instanceof JsonNode.Branch<SecretValue> errors
                && !errors.members().isEmpty();
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

    @Override
    public String toString() {
        return "VaultAnswer[status=" + status + "]";
    }
}
