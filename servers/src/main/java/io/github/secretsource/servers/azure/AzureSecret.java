package io.github.secretsource.servers.azure;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one version of a secret holds. Not safe to print: {@code toString} leaves the value out.
 *
 * @param value the value
 * @param contentType free text, null for none
 * @param tags free texts
 * @param enabled whether it may be read
 * @param notBefore null for none; the service tells it and serves the value anyway
 * @param expires null for never; the service tells it and serves the value anyway
 */
public record AzureSecret(
        String value,
        @Nullable String contentType,
        Map<String, String> tags,
        boolean enabled,
        @Nullable Instant notBefore,
        @Nullable Instant expires) {

    /**
     * Copies the tags.
     *
     * @param value the value
     * @param contentType free text, null for none
     * @param tags free texts
     * @param enabled whether it may be read
     * @param notBefore null for none
     * @param expires null for never
     */
    public AzureSecret {
        tags = Map.copyOf(tags);
    }

    /**
     * Returns an enabled secret without anything but a value.
     *
     * @param value the value
     * @return the secret
     */
    public static AzureSecret of(String value) {
        return new AzureSecret(value, null, Map.of(), true, null, null);
    }

    /**
     * Returns it with a content type.
     *
     * @param type free text
     * @return another secret
     */
    public AzureSecret withContentType(String type) {
        return new AzureSecret(value, type, tags, enabled, notBefore, expires);
    }

    /**
     * Returns it with other tags.
     *
     * @param all the tags
     * @return another secret
     */
    public AzureSecret withTags(Map<String, String> all) {
        return new AzureSecret(value, contentType, all, enabled, notBefore, expires);
    }

    /**
     * Returns it enabled.
     *
     * @return another secret
     */
    public AzureSecret enable() {
        return new AzureSecret(value, contentType, tags, true, notBefore, expires);
    }

    /**
     * Returns it disabled: the service refuses to show the value.
     *
     * @return another secret
     */
    public AzureSecret disable() {
        return new AzureSecret(value, contentType, tags, false, notBefore, expires);
    }

    /**
     * Returns it with a first moment.
     *
     * @param moment null for none
     * @return another secret
     */
    public AzureSecret withNotBefore(@Nullable Instant moment) {
        return new AzureSecret(value, contentType, tags, enabled, moment, expires);
    }

    /**
     * Returns it with a last moment.
     *
     * @param moment null for never
     * @return another secret
     */
    public AzureSecret withExpires(@Nullable Instant moment) {
        return new AzureSecret(value, contentType, tags, enabled, notBefore, moment);
    }

    @Override
    public String toString() {
        return "secret of type " + contentType + (enabled ? "" : ", disabled");
    }
}
