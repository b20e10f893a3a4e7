package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Deadline;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** A key-value engine of version 2, which keeps versions and metadata. Immutable, safe for concurrent use. */
public final class Kv2 {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final AdminClient client;
    private final String mount;

    Kv2(AdminClient client, String mount) {
        this.client = client;
        this.mount = mount;
    }

    /** A new engine refuses everything with 400 while it upgrades itself from version 1. */
    void awaitUpgrade() {
        Deadline.await(
                mount + " is ready",
                LIMIT,
                () -> client.send("GET", "/v1/" + VaultAdmin.encoded(mount) + "/config")
                                .status()
                        == 200);
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
     * Writes a new version of one field.
     *
     * @param path of the secret
     * @param field its only field
     * @param value of the field
     * @return the number of the version
     */
    public int put(String path, String field, String value) {
        return put(path, Bodies.of(field, value));
    }

    /**
     * Writes a new version.
     *
     * @param path of the secret
     * @param data its fields
     * @return the number of the version
     */
    public int put(String path, JsonObject data) {
        return client.send("POST", url("data", path), Bodies.of("data", data))
                .ok()
                .json()
                .getJsonObject("data")
                .getInt("version");
    }

    /**
     * Writes a new version that is the latest one with some fields replaced.
     *
     * @param path of the secret
     * @param data the fields that change
     * @return the number of the version
     */
    public int patch(String path, JsonObject data) {
        return merging()
                .send("PATCH", url("data", path), Bodies.of("data", data))
                .ok()
                .json()
                .getJsonObject("data")
                .getInt("version");
    }

    /**
     * Deletes the latest version softly.
     *
     * @param path of the secret
     */
    public void delete(String path) {
        client.send("DELETE", url("data", path)).ok();
    }

    /**
     * Deletes versions softly.
     *
     * @param path of the secret
     * @param versions their numbers
     */
    public void delete(String path, int... versions) {
        change("delete", path, versions);
    }

    /**
     * Brings softly deleted versions back.
     *
     * @param path of the secret
     * @param versions their numbers
     */
    public void undelete(String path, int... versions) {
        change("undelete", path, versions);
    }

    /**
     * Destroys what versions hold, for good.
     *
     * @param path of the secret
     * @param versions their numbers
     */
    public void destroy(String path, int... versions) {
        change("destroy", path, versions);
    }

    /**
     * Removes the secret with all versions, as if it never was.
     *
     * @param path of the secret
     */
    public void forget(String path) {
        client.send("DELETE", url("metadata", path)).ok();
    }

    /**
     * Replaces the custom metadata of a secret, which need not have a version yet.
     *
     * @param path of the secret
     * @param metadata all of it
     */
    public void setCustomMetadata(String path, Map<String, String> metadata) {
        client.send("POST", url("metadata", path), Bodies.of("custom_metadata", metadata))
                .ok();
    }

    /**
     * Changes some of the metadata of a secret.
     *
     * @param path of the secret
     * @param metadata such as {@code max_versions}, {@code cas_required}, {@code delete_version_after}
     */
    public void patchMetadata(String path, JsonObject metadata) {
        merging().send("PATCH", url("metadata", path), metadata).ok();
    }

    /**
     * Returns the metadata of a secret and of its versions.
     *
     * @param path of the secret
     * @return as the server says it
     */
    public JsonObject metadata(String path) {
        return client.send("GET", url("metadata", path)).ok().json().getJsonObject("data");
    }

    private void change(String how, String path, int... versions) {
        var numbers = Arrays.stream(versions).boxed().toList();
        client.send("POST", url(how, path), Bodies.of("versions", numbers)).ok();
    }

    private AdminClient merging() {
        return client.with("Content-Type", "application/merge-patch+json");
    }

    private String url(String what, String path) {
        return "/v1/" + VaultAdmin.encoded(mount + "/" + what + "/" + path);
    }

    @Override
    public String toString() {
        return mount;
    }
}
