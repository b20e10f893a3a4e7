package io.github.secretsource.servers.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.servers.host.Identity;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** A Secret that is to be created, of one of the eight types that Kubernetes knows. Immutable. */
public final class SecretManifest {
    private static final String PREFIX = "kubernetes.io/";

    private final String name;
    private final String type;
    private final Map<String, String> data;
    private final Map<String, String> labels;
    private final Map<String, String> annotations;
    private final boolean frozen;

    private SecretManifest(
            String name,
            String type,
            Map<String, String> data,
            Map<String, String> labels,
            Map<String, String> annotations,
            boolean frozen) {
        this.name = name;
        this.type = type;
        this.data = data;
        this.labels = labels;
        this.annotations = annotations;
        this.frozen = frozen;
    }

    /**
     * Returns a Secret of any type, without data.
     *
     * @param name its name
     * @param type its type
     * @return the manifest
     */
    public static SecretManifest of(String name, String type) {
        return new SecretManifest(name, type, Map.of(), Map.of(), Map.of(), false);
    }

    /**
     * Returns an {@code Opaque} Secret, without data.
     *
     * @param name its name
     * @return the manifest
     */
    public static SecretManifest opaque(String name) {
        return of(name, "Opaque");
    }

    /**
     * Returns a Secret with a user's name and password.
     *
     * @param name its name
     * @param username the field {@code username}
     * @param password the field {@code password}
     * @return the manifest
     */
    public static SecretManifest basicAuth(String name, String username, String password) {
        return of(name, PREFIX + "basic-auth").with("username", username).with("password", password);
    }

    /**
     * Returns a Secret with a private key for SSH.
     *
     * @param name its name
     * @param key the field {@code ssh-privatekey}
     * @return the manifest
     */
    public static SecretManifest sshAuth(String name, String key) {
        return of(name, PREFIX + "ssh-auth").with("ssh-privatekey", key);
    }

    /**
     * Returns a Secret with a certificate and its key.
     *
     * @param name its name
     * @param identity the fields {@code tls.crt} and {@code tls.key}
     * @return the manifest
     */
    public static SecretManifest tls(String name, Identity identity) {
        return of(name, PREFIX + "tls")
                .with("tls.crt", identity.certificatePem())
                .with("tls.key", identity.keyPem());
    }

    /**
     * Returns a Secret with a login at a registry of images.
     *
     * @param name its name
     * @param registry host of the registry
     * @param username who
     * @param password whose
     * @return the manifest, with the field {@code .dockerconfigjson}
     */
    public static SecretManifest dockerConfigJson(String name, String registry, String username, String password) {
        JsonObject config = Json.createObjectBuilder()
                .add("auths", login(registry, username, password))
                .build();
        return of(name, PREFIX + "dockerconfigjson").with(".dockerconfigjson", config.toString());
    }

    /**
     * Returns a Secret with a login at a registry of images, in the older form.
     *
     * @param name its name
     * @param registry host of the registry
     * @param username who
     * @param password whose
     * @return the manifest, with the field {@code .dockercfg}
     */
    public static SecretManifest dockerConfig(String name, String registry, String username, String password) {
        JsonObject config = login(registry, username, password).build();
        return of(name, PREFIX + "dockercfg").with(".dockercfg", config.toString());
    }

    private static JsonObjectBuilder login(String registry, String username, String password) {
        var login = Json.createObjectBuilder()
                .add("username", username)
                .add("password", password)
                .add("auth", base64((username + ":" + password).getBytes(UTF_8)));
        return Json.createObjectBuilder().add(registry, login);
    }

    /**
     * Returns a Secret that the controller manager fills with a token, within a second.
     *
     * @param name its name
     * @param account the service account, which must exist
     * @return the manifest, without data
     */
    public static SecretManifest serviceAccountToken(String name, String account) {
        return of(name, PREFIX + "service-account-token").annotated(PREFIX + "service-account.name", account);
    }

    /**
     * Returns a Secret as new nodes get it.
     *
     * @param id six characters: the name is {@code bootstrap-token-} and the id
     * @param secret sixteen characters
     * @return the manifest
     */
    public static SecretManifest bootstrapToken(String id, String secret) {
        return of("bootstrap-token-" + id, "bootstrap.kubernetes.io/token")
                .with("token-id", id)
                .with("token-secret", secret)
                .with("usage-bootstrap-authentication", "true");
    }

    /**
     * Adds a field.
     *
     * @param key of the data
     * @param text its value
     * @return another manifest
     */
    public SecretManifest with(String key, String text) {
        return with(key, text.getBytes(UTF_8));
    }

    /**
     * Adds a field.
     *
     * @param key of the data
     * @param value its bytes
     * @return another manifest
     */
    public SecretManifest with(String key, byte[] value) {
        return new SecretManifest(name, type, plus(data, key, base64(value)), labels, annotations, frozen);
    }

    /**
     * Adds a label.
     *
     * @param key its key
     * @param value its value
     * @return another manifest
     */
    public SecretManifest labelled(String key, String value) {
        return new SecretManifest(name, type, data, plus(labels, key, value), annotations, frozen);
    }

    /**
     * Adds an annotation.
     *
     * @param key its key
     * @param value its value
     * @return another manifest
     */
    public SecretManifest annotated(String key, String value) {
        return new SecretManifest(name, type, data, labels, plus(annotations, key, value), frozen);
    }

    /**
     * Makes it immutable for ever.
     *
     * @return another manifest
     */
    public SecretManifest immutable() {
        return new SecretManifest(name, type, data, labels, annotations, true);
    }

    String name() {
        return name;
    }

    /** Returns what is sent to the server; it holds the values. */
    JsonObject json() {
        var object = Json.createObjectBuilder()
                .add("apiVersion", "v1")
                .add("kind", "Secret")
                .add(
                        "metadata",
                        Json.createObjectBuilder()
                                .add("name", name)
                                .add("labels", json(labels))
                                .add("annotations", json(annotations)))
                .add("type", type)
                .add("data", json(data));
        return (frozen ? object.add("immutable", true) : object).build();
    }

    private static JsonObjectBuilder json(Map<String, String> map) {
        var object = Json.createObjectBuilder();
        map.forEach(object::add);
        return object;
    }

    private static Map<String, String> plus(Map<String, String> map, String key, String value) {
        var more = new TreeMap<>(map);
        more.put(key, value);
        return more;
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return name + " of type " + type;
    }
}
