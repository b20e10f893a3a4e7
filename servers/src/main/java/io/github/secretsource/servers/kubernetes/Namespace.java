package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.host.Reply;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * A namespace of one test's own: its Secrets, who may read them, and how often they were asked for. All is done as the
 * admin; what the server refuses is an {@link AssertionError}. Safe for concurrent use.
 */
public final class Namespace {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Kubernetes cluster;
    private final String name;

    Namespace(Kubernetes cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    /**
     * Returns its name.
     *
     * @return a name that no other namespace has
     */
    public String name() {
        return name;
    }

    /**
     * Returns where a Secret is, for a test's own requests.
     *
     * @param secret its name, or empty for all
     * @return a path without a query
     */
    public String path(String secret) {
        return "/api/v1/namespaces/" + name + "/secrets" + (secret.isEmpty() ? "" : "/" + secret);
    }

    /**
     * Creates a Secret.
     *
     * @param secret what it holds
     * @return what the server made of it
     */
    public SecretState create(SecretManifest secret) {
        return state(admin().send("POST", path(""), secret.json()));
    }

    /**
     * Creates an {@code Opaque} Secret with one field.
     *
     * @param secret its name
     * @param key of its data
     * @param text the value
     * @return what the server made of it
     */
    public SecretState create(String secret, String key, String text) {
        return create(SecretManifest.opaque(secret).with(key, text));
    }

    /**
     * Replaces an existing Secret as a whole.
     *
     * @param secret what it holds afterwards, and nothing else
     * @return its new state
     */
    public SecretState replace(SecretManifest secret) {
        return state(admin().send("PUT", path(secret.name()), secret.json()));
    }

    /**
     * Reads a Secret.
     *
     * @param secret its name
     * @return its state
     */
    public SecretState read(String secret) {
        return state(admin().send("GET", path(secret)));
    }

    /**
     * Sets one field; the others stay.
     *
     * @param secret an existing Secret
     * @param key of its data
     * @param text the new value
     * @return its new state
     */
    public SecretState set(String secret, String key, String text) {
        return set(secret, key, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sets one field; the others stay.
     *
     * @param secret an existing Secret
     * @param key of its data
     * @param value the new value
     * @return its new state
     */
    public SecretState set(String secret, String key, byte[] value) {
        return merge(secret, nested("data", key, Json.createValue(SecretManifest.base64(value))));
    }

    /**
     * Removes one field; the others stay.
     *
     * @param secret an existing Secret
     * @param key of its data
     * @return its new state
     */
    public SecretState unset(String secret, String key) {
        return merge(secret, nested("data", key, JsonValue.NULL));
    }

    /**
     * Sets a label, which gives the Secret a new version and leaves its data.
     *
     * @param secret an existing Secret
     * @param key of the label
     * @param value its value
     * @return its new state
     */
    public SecretState label(String secret, String key, String value) {
        return merge(
                secret, Json.createObjectBuilder().add("metadata", nested("labels", key, Json.createValue(value))));
    }

    /**
     * Makes a Secret immutable, which cannot be taken back.
     *
     * @param secret an existing Secret
     * @return its new state
     */
    public SecretState freeze(String secret) {
        return merge(secret, Json.createObjectBuilder().add("immutable", true));
    }

    /**
     * Deletes a Secret.
     *
     * @param secret an existing Secret
     */
    public void delete(String secret) {
        admin().send("DELETE", path(secret)).ok();
    }

    /**
     * Returns the bytes of a Secret as etcd has them, encrypted or not.
     *
     * @param secret an existing Secret
     * @return from the prefix that names the key on
     */
    public byte[] stored(String secret) {
        return cluster.stored("/registry/secrets/" + name + "/" + secret);
    }

    /**
     * Lets a user do something with Secrets here; in force on return.
     *
     * @param user the name of the user
     * @param verbs such as {@code get} and {@code watch}
     * @param secrets the names of the Secrets; none for all, as {@code list} and {@code create} need it
     * @return what can be revoked
     */
    public Grant permit(String user, Collection<String> verbs, String... secrets) {
        JsonObjectBuilder rule = Json.createObjectBuilder()
                .add("apiGroups", array(List.of("")))
                .add("resources", array(List.of("secrets")))
                .add("verbs", array(verbs));
        if (secrets.length > 0) {
            rule.add("resourceNames", array(List.of(secrets)));
        }
        JsonObject role = Json.createObjectBuilder()
                .add("metadata", Json.createObjectBuilder().add("name", "role-" + UUID.randomUUID()))
                .add("rules", Json.createArrayBuilder().add(rule))
                .build();
        return Grant.bind(
                cluster::admin, name, admin().send("POST", roles(), role).ok().json(), user);
    }

    /**
     * Creates a Role as somebody wrote it, and binds it to a user; in force on return.
     *
     * @param user the name of the user
     * @param role a Role in YAML or JSON, of this namespace or of none
     * @return what can be revoked
     */
    public Grant permitByManifest(String user, String role) {
        Reply created = admin().with("Content-Type", "application/yaml").send("POST", roles(), role);
        return Grant.bind(cluster::admin, name, created.ok().json(), user);
    }

    private String roles() {
        return "/apis/rbac.authorization.k8s.io/v1/namespaces/" + name + "/roles";
    }

    /**
     * Creates a service account, which may nothing here until a role says so.
     *
     * @param account its name
     * @return the account
     */
    public ServiceAccount serviceAccount(String account) {
        return ServiceAccount.create(cluster, name, account);
    }

    /**
     * Returns the requests that named this namespace, whoever asked.
     *
     * @return in the order of their arrival, this test's own included
     */
    public List<Request> requests() {
        return cluster.requests().stream()
                .filter(request -> request.namespace().equals(name))
                .toList();
    }

    /** Deletes the namespace and all in it; returns when it is gone, some six seconds later. */
    public void delete() {
        String path = "/api/v1/namespaces/" + name;
        admin().send("DELETE", path).ok();
        Deadline.await(name + " is gone", LIMIT, () -> admin().send("GET", path).status() == 404);
    }

    private AdminClient admin() {
        return cluster.admin();
    }

    private SecretState merge(String secret, JsonObjectBuilder patch) {
        return state(admin().with("Content-Type", "application/merge-patch+json")
                .send("PATCH", path(secret), patch.build()));
    }

    private static SecretState state(Reply reply) {
        return SecretState.of(reply.ok().json());
    }

    private static JsonObjectBuilder nested(String outer, String inner, JsonValue value) {
        return Json.createObjectBuilder().add(outer, Json.createObjectBuilder().add(inner, value));
    }

    private static JsonArrayBuilder array(Collection<String> values) {
        return Json.createArrayBuilder(values);
    }

    @Override
    public String toString() {
        return name;
    }
}
