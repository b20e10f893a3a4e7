package io.github.secretsource.servers.azure;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Secrets as Key Vault writes and reads them. */
final class SecretJson {
    private static final int RETENTION_DAYS = 90;

    private SecretJson() {}

    /** A version with its value. */
    static JsonObjectBuilder bundle(String base, String name, StoredVersion version) {
        return Json.createObjectBuilder()
                .add("value", version.content().value())
                .addAll(item(base, name, version, true));
    }

    /** A version without its value; the id tells the version, or the name alone. */
    static JsonObjectBuilder item(String base, String name, StoredVersion version, boolean withVersion) {
        AzureSecret content = version.content();
        var item = Json.createObjectBuilder()
                .add("id", base + "/secrets/" + name + (withVersion ? "/" + version.id() : ""))
                .add("attributes", attributes(version));
        if (content.contentType() != null) {
            item.add("contentType", content.contentType());
        }
        if (!content.tags().isEmpty()) {
            var tags = Json.createObjectBuilder();
            content.tags().forEach(tags::add);
            item.add("tags", tags);
        }
        if (version.managed()) {
            item.add("managed", true).add("kid", base + "/keys/" + name + (withVersion ? "/" + version.id() : ""));
        }
        return item;
    }

    /** The latest version of a deleted secret, without its value. */
    static JsonObjectBuilder deleted(String base, StoredSecret secret, Instant deleted, boolean withVersion) {
        return Json.createObjectBuilder()
                .add("recoveryId", base + "/deletedsecrets/" + secret.name())
                .add("deletedDate", deleted.getEpochSecond())
                .add(
                        "scheduledPurgeDate",
                        deleted.plus(Duration.ofDays(RETENTION_DAYS)).getEpochSecond())
                .addAll(item(base, secret.name(), secret.latest(), withVersion));
    }

    /** What a request changes of a secret; what it leaves out stays. */
    static AzureSecret changed(AzureSecret old, JsonObject body) {
        AzureSecret secret =
                body.get("attributes") instanceof JsonObject attributes ? changedAttributes(old, attributes) : old;
        if (body.get("contentType") instanceof JsonString type) {
            secret = secret.withContentType(type.getString());
        }
        return body.get("tags") instanceof JsonObject tags ? secret.withTags(texts(tags)) : secret;
    }

    static JsonObject parsed(String body) {
        try (var reader = Json.createReader(new StringReader(body))) {
            return reader.readObject();
        } catch (JsonException e) {
            throw Refusal.of(400, "BadParameter", "The body is no JSON object.");
        }
    }

    private static JsonObjectBuilder attributes(StoredVersion version) {
        var attributes =
                Json.createObjectBuilder().add("enabled", version.content().enabled());
        if (version.content().notBefore() != null) {
            attributes.add("nbf", version.content().notBefore().getEpochSecond());
        }
        if (version.content().expires() != null) {
            attributes.add("exp", version.content().expires().getEpochSecond());
        }
        return attributes
                .add("created", version.created().getEpochSecond())
                .add("updated", version.updated().getEpochSecond())
                .add("recoveryLevel", "Recoverable+Purgeable")
                .add("recoverableDays", RETENTION_DAYS);
    }

    private static AzureSecret changedAttributes(AzureSecret old, JsonObject attributes) {
        AzureSecret secret = old;
        if (attributes.containsKey("enabled") && !attributes.isNull("enabled")) {
            secret = attributes.getBoolean("enabled") ? secret.enable() : secret.disable();
        }
        if (attributes.containsKey("nbf")) {
            secret = secret.withNotBefore(moment(attributes.get("nbf")));
        }
        return attributes.containsKey("exp") ? secret.withExpires(moment(attributes.get("exp"))) : secret;
    }

    private static @Nullable Instant moment(@Nullable JsonValue seconds) {
        return seconds instanceof JsonNumber number ? Instant.ofEpochSecond(number.longValue()) : null;
    }

    private static Map<String, String> texts(JsonObject object) {
        var texts = new HashMap<String, String>();
        object.keySet().forEach(name -> texts.put(name, object.getString(name)));
        return texts;
    }
}
