package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.SecretValue;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One request, complete with its token. Immutable; prints method and path alone.
 *
 * @param method {@code GET} or {@code POST}
 * @param path from {@code /v1/} on, encoded, with the query
 * @param repeatable whether it does no harm to send it twice
 * @param headers besides those that the transport sets
 * @param body JSON, or null
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record VaultRequest(
        String method, String path, boolean repeatable, Map<String, String> headers, byte @Nullable [] body) {
    private static final String TOKEN = "X-Vault-Token";
    private static final String NONCE = "X-Request-Nonce";
    private static final String HEX = "0123456789ABCDEF";
    private static final String PLAIN = "-._~";

    /** Reads a path of the API, whose segments are encoded here. */
    static VaultRequest get(String path) {
        return new VaultRequest("GET", "/v1/" + encoded(path), true, base(), null);
    }

    /** Writes names and values to a path of the API. */
    static VaultRequest post(String path, Map<String, String> fields) {
        return new VaultRequest(
                        "POST",
                        "/v1/" + encoded(path),
                        false,
                        base(),
                        json(fields).getBytes(UTF_8))
                .ofItsOwn();
    }

    private static Map<String, String> base() {
        // An agent in between may require it: no browser sends it.
        return Map.of("X-Vault-Request", "true");
    }

    /** The same, to be sent once: what it reads is made for it. */
    VaultRequest once() {
        return new VaultRequest(method, path, false, headers, body).ofItsOwn();
    }

    /** A cache in between, such as that of an agent, would answer with what it kept for another that is the same. */
    private VaultRequest ofItsOwn() {
        return header(NONCE, UUID.randomUUID().toString());
    }

    VaultRequest query(String name, String value) {
        return new VaultRequest(method, path + "?" + encoded(name) + "=" + encoded(value), repeatable, headers, body);
    }

    VaultRequest token(SecretValue token) {
        return header(TOKEN, token.reveal());
    }

    /** Whether the token and the namespace may stand in a header; clients refuse others by messages that show them. */
    boolean isSendable() {
        return headers.values().stream().flatMapToInt(String::chars).allMatch(c -> c > ' ' && c <= '~');
    }

    boolean carriesToken() {
        return headers.containsKey(TOKEN);
    }

    VaultRequest namespace(String namespace) {
        return namespace.isEmpty() ? this : header("X-Vault-Namespace", namespace);
    }

    private VaultRequest header(String name, String value) {
        var more = new TreeMap<>(headers);
        more.put(name, value);
        return new VaultRequest(method, path, repeatable, more, body);
    }

    /** Encodes all but the slashes. Paths are checked before: no empty segment, no dots, no control character. */
    static String encoded(String path) {
        var text = new StringBuilder(path.length() + 8);
        for (byte one : path.getBytes(UTF_8)) {
            char character = (char) (one & 0xFF);
            if (character == '/' || isPlain(character)) {
                text.append(character);
            } else {
                text.append('%').append(HEX.charAt(character >> 4)).append(HEX.charAt(character & 15));
            }
        }
        return text.toString();
    }

    private static boolean isPlain(char character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || PLAIN.indexOf(character) >= 0;
    }

    /** An object of texts; numbers and flags are understood by Vault as texts too. */
    static String json(Map<String, String> fields) {
        var text = new StringBuilder("{");
        for (var field : fields.entrySet()) {
            text.append(text.length() == 1 ? "" : ",");
            quote(text, field.getKey());
            text.append(':');
            quote(text, field.getValue());
        }
        return text.append('}').toString();
    }

    private static void quote(StringBuilder text, String value) {
        text.append('"');
        for (int at = 0; at < value.length(); at++) {
            char character = value.charAt(at);
            if (character == '"' || character == '\\') {
                text.append('\\').append(character);
            } else if (character < ' ' || Character.isSurrogate(character)) {
                text.append("\\u")
                        .append(HEX.charAt(character >> 12))
                        .append(HEX.charAt(character >> 8 & 15))
                        .append(HEX.charAt(character >> 4 & 15))
                        .append(HEX.charAt(character & 15));
            } else {
                text.append(character);
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
