package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;
import jakarta.json.JsonObject;
import java.time.Duration;

/** A role of AppRole, at a mount of its own: {@code auth/MOUNT/login}. Immutable, safe for concurrent use. */
public final class AppRole {
    private final AdminClient client;
    private final String mount;
    private final String role;

    AppRole(AdminClient client, String mount, String role) {
        this.client = client;
        this.mount = mount;
        this.role = role;
    }

    /**
     * Replaces the terms of the tokens that are handed out from now on.
     *
     * @param terms of those tokens
     */
    public void setTerms(TokenTerms terms) {
        client.send("POST", path(""), terms.ofRole()).ok();
    }

    /**
     * Returns where it is mounted.
     *
     * @return without {@code auth/}
     */
    public String mount() {
        return mount;
    }

    /**
     * Returns the first half of what logs in.
     *
     * @return the role id
     */
    public String roleId() {
        return data(client, "GET", "/role-id").getString("role_id");
    }

    /**
     * Makes the second half of what logs in.
     *
     * @return a secret id for any number of logins
     */
    public String secretId() {
        return data(client, "POST", "/secret-id").getString("secret_id");
    }

    /**
     * Makes the second half of what logs in.
     *
     * @param uses for how many logins
     * @param ttl for how long
     * @return a secret id
     */
    public String secretId(int uses, Duration ttl) {
        return client.send("POST", path("/secret-id"), Bodies.of("num_uses", uses, "ttl", ttl))
                .ok()
                .json()
                .getJsonObject("data")
                .getString("secret_id");
    }

    /**
     * Makes the second half of what logs in, wrapped.
     *
     * @param ttl how long it may be unwrapped
     * @return a token for one unwrapping
     */
    public String wrappedSecretId(Duration ttl) {
        return client.with("X-Vault-Wrap-TTL", Bodies.seconds(ttl))
                .send("POST", path("/secret-id"), Bodies.of())
                .ok()
                .json()
                .getJsonObject("wrap_info")
                .getString("token");
    }

    /**
     * Makes a secret id worthless.
     *
     * @param secretId the secret id
     */
    public void destroy(String secretId) {
        client.send("POST", path("/secret-id/destroy"), Bodies.of("secret_id", secretId))
                .ok();
    }

    private JsonObject data(AdminClient from, String method, String what) {
        return from.send(method, path(what)).ok().json().getJsonObject("data");
    }

    private String path(String what) {
        return "/v1/auth/" + mount + "/role/" + role + what;
    }

    @Override
    public String toString() {
        return mount;
    }
}
