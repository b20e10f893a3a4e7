package io.github.secretsource.servers.openbao;

import jakarta.json.JsonObject;

/**
 * A token. {@code toString} shows the accessor alone.
 *
 * @param value what clients send
 * @param accessor what tells of it in {@link Request}, and revokes it; empty for batch tokens
 */
public record Token(String value, String accessor) {

    static Token of(JsonObject answer) {
        JsonObject auth = answer.getJsonObject("auth");
        return new Token(auth.getString("client_token"), auth.getString("accessor", ""));
    }

    @Override
    public String toString() {
        return "token with accessor " + accessor;
    }
}
