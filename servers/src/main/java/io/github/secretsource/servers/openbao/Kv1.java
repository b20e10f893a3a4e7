package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;
import jakarta.json.JsonObject;

/** A key-value engine of version 1, which keeps no versions. Immutable, safe for concurrent use. */
public final class Kv1 {
    private final AdminClient client;
    private final String mount;

    Kv1(AdminClient client, String mount) {
        this.client = client;
        this.mount = mount;
    }

    /**
     * Returns where it is mounted.
     *
     * @return without a slash at either end
     */
    public String mount() {
        return mount;
    }

    /**
     * Writes a secret of one field.
     *
     * @param path of the secret
     * @param field its only field
     * @param value of the field
     */
    public void put(String path, String field, String value) {
        put(path, Bodies.of(field, value));
    }

    /**
     * Writes a secret.
     *
     * @param path of the secret
     * @param data its fields
     */
    public void put(String path, JsonObject data) {
        client.send("PUT", url(path), data).ok();
    }

    /**
     * Removes a secret.
     *
     * @param path of the secret
     */
    public void delete(String path) {
        client.send("DELETE", url(path)).ok();
    }

    private String url(String path) {
        return "/v1/" + VaultAdmin.encoded(mount + "/" + path);
    }

    @Override
    public String toString() {
        return mount;
    }
}
