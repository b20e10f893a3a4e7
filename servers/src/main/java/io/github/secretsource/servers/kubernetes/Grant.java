package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Deadline;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/** What a user may do in a namespace, by a Role and a RoleBinding; in force when it exists. Immutable. */
public final class Grant {
    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Supplier<AdminClient> admin;
    private final String path;
    private final JsonObject question;

    private Grant(Supplier<AdminClient> admin, String path, JsonObject question) {
        this.admin = admin;
        this.path = path;
        this.question = question;
    }

    /** Binds an existing role to a user. */
    static Grant bind(Supplier<AdminClient> admin, String namespace, JsonObject role, String user) {
        String bindings = "/apis/" + GROUP + "/v1/namespaces/" + namespace + "/rolebindings";
        String name = "grant-" + UUID.randomUUID();
        JsonObject binding = Json.createObjectBuilder()
                .add("metadata", Json.createObjectBuilder().add("name", name))
                .add(
                        "roleRef",
                        Json.createObjectBuilder()
                                .add("apiGroup", GROUP)
                                .add("kind", "Role")
                                .add("name", role.getJsonObject("metadata").getString("name")))
                .add(
                        "subjects",
                        Json.createArrayBuilder()
                                .add(Json.createObjectBuilder()
                                        .add("apiGroup", GROUP)
                                        .add("kind", "User")
                                        .add("name", user)))
                .build();
        admin.get().send("POST", bindings, binding).ok();
        JsonObject rule = role.getJsonArray("rules").getJsonObject(0);
        var grant = new Grant(admin, bindings + "/" + name, question(namespace, rule, user));
        grant.await(true);
        return grant;
    }

    /** Returns the question whether the first thing that the rule allows is allowed. */
    private static JsonObject question(String namespace, JsonObject rule, String user) {
        var attributes = Json.createObjectBuilder()
                .add("namespace", namespace)
                .add("verb", first(rule, "verbs"))
                .add("group", first(rule, "apiGroups"))
                .add("resource", first(rule, "resources"))
                .add("name", first(rule, "resourceNames"));
        return question(user, attributes);
    }

    private static String first(JsonObject rule, String list) {
        JsonArray values = rule.getJsonArray(list);
        return values == null || values.isEmpty() ? "" : values.getString(0);
    }

    /** Takes it back; returns when the server denies what it allowed. */
    public void revoke() {
        admin.get().send("DELETE", path).ok();
        await(false);
    }

    private void await(boolean allowed) {
        Deadline.await(path + " is in force: " + allowed, LIMIT, () -> isAllowed(admin, question) == allowed);
    }

    /** Lets an account ask, all over the cluster, whose a token is; returns the path of the binding. */
    static String reviewTokens(Supplier<AdminClient> admin, String namespace, ServiceAccount account) {
        String bindings = "/apis/" + GROUP + "/v1/clusterrolebindings";
        String name = "token-reviewer-" + UUID.randomUUID();
        JsonObject binding = Json.createObjectBuilder()
                .add("metadata", Json.createObjectBuilder().add("name", name))
                .add(
                        "roleRef",
                        Json.createObjectBuilder()
                                .add("apiGroup", GROUP)
                                .add("kind", "ClusterRole")
                                .add("name", "system:auth-delegator"))
                .add(
                        "subjects",
                        Json.createArrayBuilder()
                                .add(Json.createObjectBuilder()
                                        .add("kind", "ServiceAccount")
                                        .add("namespace", namespace)
                                        .add("name", account.name())))
                .build();
        admin.get().send("POST", bindings, binding).ok();
        var attributes = Json.createObjectBuilder()
                .add("verb", "create")
                .add("group", "authentication.k8s.io")
                .add("resource", "tokenreviews");
        JsonObject question = question(account.userName(), attributes);
        Deadline.await(account + " may review tokens", LIMIT, () -> isAllowed(admin, question));
        return bindings + "/" + name;
    }

    private static JsonObject question(String user, JsonObjectBuilder attributes) {
        return Json.createObjectBuilder()
                .add("spec", Json.createObjectBuilder().add("user", user).add("resourceAttributes", attributes))
                .build();
    }

    private static boolean isAllowed(Supplier<AdminClient> admin, JsonObject question) {
        return admin.get()
                .send("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", question)
                .ok()
                .json()
                .getJsonObject("status")
                .getBoolean("allowed");
    }

    @Override
    public String toString() {
        return path;
    }
}
