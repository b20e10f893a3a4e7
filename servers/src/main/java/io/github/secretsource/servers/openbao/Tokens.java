package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;
import jakarta.json.JsonObject;
import java.util.Optional;

/** The tokens of a namespace. Immutable, safe for concurrent use. */
public final class Tokens {
    private final AdminClient client;

    Tokens(AdminClient client) {
        this.client = client;
    }

    /**
     * Makes a token.
     *
     * @param terms what it may do and for how long
     * @return the token
     */
    public Token create(TokenTerms terms) {
        return Token.of(client.send("POST", "/v1/auth/token/create", terms.ofToken())
                .ok()
                .json());
    }

    /**
     * Revokes a token, with its leases and what it made.
     *
     * @param token the token
     */
    public void revoke(Token token) {
        client.send("POST", "/v1/auth/token/revoke", Bodies.of("token", token.value()))
                .ok();
    }

    /**
     * Revokes a token that somebody else holds.
     *
     * @param accessor from {@link Request#accessor} or {@link Request#issued}
     */
    public void revokeAccessor(String accessor) {
        client.send("POST", "/v1/auth/token/revoke-accessor", Bodies.of("accessor", accessor))
                .ok();
    }

    /**
     * Returns what the server knows of a token.
     *
     * @param token the token
     * @return as the server says it; empty if there is no such token (any more)
     */
    public Optional<JsonObject> lookup(Token token) {
        return found("lookup", Bodies.of("token", token.value()));
    }

    /**
     * Returns what the server knows of a token that somebody else holds.
     *
     * @param accessor from {@link Request#accessor} or {@link Request#issued}
     * @return as the server says it; empty if there is no such token (any more)
     */
    public Optional<JsonObject> lookupAccessor(String accessor) {
        return found("lookup-accessor", Bodies.of("accessor", accessor));
    }

    private Optional<JsonObject> found(String how, JsonObject body) {
        // An unknown token is 403 for the one and an unknown accessor 404, 403 or 400 for the other, by product.
        var reply = client.send("POST", "/v1/auth/token/" + how, body).status(200, 400, 403, 404);
        return reply.status() == 200 ? Optional.of(reply.json().getJsonObject("data")) : Optional.empty();
    }
}
