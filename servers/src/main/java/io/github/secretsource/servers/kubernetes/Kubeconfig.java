package io.github.secretsource.servers.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Identity;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.StringReader;
import java.net.URI;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a cluster is, whom to trust and who one is, as clients of Kubernetes read it: in JSON, which is YAML too.
 *
 * @param server address of the kube-apiserver
 * @param caPem whom to trust
 * @param token of a user, or null
 * @param certificatePem of a user, or null
 * @param keyPem to the certificate, or null
 */
record Kubeconfig(
        URI server,
        String caPem,
        @Nullable String token,
        @Nullable String certificatePem,
        @Nullable String keyPem) {
    private static final String NAME = "test";
    private static final String HOW = "; make it by: kubectl config view --raw --minify --flatten -o json";

    static Kubeconfig of(URI server, String caPem, String token) {
        return new Kubeconfig(server, caPem, token, null, null);
    }

    static Kubeconfig of(URI server, String caPem, Identity identity) {
        return new Kubeconfig(server, caPem, null, identity.certificatePem(), identity.keyPem());
    }

    /** Understands what {@link #json} writes and kubectl prints: JSON, one cluster, one user, no files and no helpers. */
    static Kubeconfig parse(String json) {
        try (var reader = Json.createReader(new StringReader(json))) {
            JsonObject config = reader.readObject();
            JsonObject cluster = only(config, "clusters").getJsonObject("cluster");
            JsonObject user = only(config, "users").getJsonObject("user");
            String ca = decoded(cluster, "certificate-authority-data");
            String token = user.getString("token", null);
            String certificate = decoded(user, "client-certificate-data");
            String key = decoded(user, "client-key-data");
            if (ca == null || (token == null && (certificate == null || key == null))) {
                throw new IllegalArgumentException("a kubeconfig needs certificate-authority-data, and a token or"
                        + " client-certificate-data with client-key-data" + HOW);
            }
            return new Kubeconfig(URI.create(cluster.getString("server")), ca, token, certificate, key);
        } catch (JsonException e) {
            // The exception's own words may hold a piece of the text.
            throw new IllegalArgumentException("a kubeconfig must be JSON, not YAML" + HOW);
        }
    }

    private static JsonObject only(JsonObject config, String list) {
        if (!config.containsKey(list) || config.getJsonArray(list).size() != 1) {
            throw new IllegalArgumentException("a kubeconfig needs exactly one entry in " + list + HOW);
        }
        return config.getJsonArray(list).getJsonObject(0);
    }

    private static @Nullable String decoded(JsonObject object, String name) {
        return object.containsKey(name) ? new String(Base64.getDecoder().decode(object.getString(name)), UTF_8) : null;
    }

    /** Returns the same user at another address, such as that of a proxy. */
    Kubeconfig at(URI other) {
        return new Kubeconfig(other, caPem, token, certificatePem, keyPem);
    }

    /** Returns a client with connections of its own. */
    AdminClient client() {
        var client = AdminClient.of(server, Tls.context(caPem, certificatePem, keyPem));
        return token == null ? client : client.with("Authorization", "Bearer " + token);
    }

    String json() {
        var user = Json.createObjectBuilder();
        if (token != null) {
            user.add("token", token);
        }
        if (certificatePem != null && keyPem != null) {
            user.add("client-certificate-data", base64(certificatePem)).add("client-key-data", base64(keyPem));
        }
        var cluster = Json.createObjectBuilder()
                .add("server", server.toString())
                .add("certificate-authority-data", base64(caPem));
        var context = Json.createObjectBuilder().add("cluster", NAME).add("user", NAME);
        return Json.createObjectBuilder()
                .add("apiVersion", "v1")
                .add("kind", "Config")
                .add("clusters", named("cluster", cluster))
                .add("users", named("user", user))
                .add("contexts", named("context", context))
                .add("current-context", NAME)
                .build()
                .toString();
    }

    private static JsonArrayBuilder named(String what, JsonObjectBuilder content) {
        return Json.createArrayBuilder()
                .add(Json.createObjectBuilder().add("name", NAME).add(what, content));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return "a user of " + server;
    }
}
