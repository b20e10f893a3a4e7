package io.github.secretsource.servers.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.JsonObject;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * A Secret as the server has it.
 *
 * @param name its name
 * @param type its type
 * @param uid of this Secret; one that is created again has another
 * @param version its {@code resourceVersion}
 * @param immutable whether its data can never change
 * @param data its fields
 */
public record SecretState(
        String name, String type, String uid, String version, boolean immutable, Map<String, byte[]> data) {

    static SecretState of(JsonObject secret) {
        JsonObject metadata = secret.getJsonObject("metadata");
        var data = new TreeMap<String, byte[]>();
        if (secret.containsKey("data")) {
            JsonObject fields = secret.getJsonObject("data");
            fields.keySet().forEach(key -> data.put(key, Base64.getDecoder().decode(fields.getString(key))));
        }
        return new SecretState(
                metadata.getString("name"),
                secret.getString("type"),
                metadata.getString("uid"),
                metadata.getString("resourceVersion"),
                secret.getBoolean("immutable", false),
                data);
    }

    /**
     * Returns a field.
     *
     * @param key of the data
     * @return its value as text
     */
    public String text(String key) {
        byte[] value = data.get(key);
        if (value == null) {
            throw new AssertionError(this + " has no field " + key);
        }
        return new String(value, UTF_8);
    }

    @Override
    public String toString() {
        return name + " of type " + type + " at version " + version + " with the fields " + data.keySet();
    }
}
