package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.AdminClient;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service account, and tokens of it. The kube-apiserver remembers for ten seconds that a token was good, whatever
 * happens to it meanwhile. Safe for concurrent use.
 */
public final class ServiceAccount {
    static final String ISSUER = "https://kubernetes.default.svc";
    private static final Duration HOUR = Duration.ofHours(1);

    private final Kubernetes cluster;
    private final String namespace;
    private final String name;
    private final String uid;

    private ServiceAccount(Kubernetes cluster, String namespace, String name, String uid) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.name = name;
        this.uid = uid;
    }

    static ServiceAccount create(Kubernetes cluster, String namespace, String name) {
        JsonObject account = Json.createObjectBuilder()
                .add("metadata", Json.createObjectBuilder().add("name", name))
                .build();
        JsonObject created = cluster.admin()
                .send("POST", "/api/v1/namespaces/" + namespace + "/serviceaccounts", account)
                .ok()
                .json();
        return new ServiceAccount(
                cluster, namespace, name, created.getJsonObject("metadata").getString("uid"));
    }

    /**
     * Returns its name.
     *
     * @return without the namespace
     */
    public String name() {
        return name;
    }

    /**
     * Returns the name that roles are bound to.
     *
     * @return {@code system:serviceaccount:}, the namespace and the name
     */
    public String userName() {
        return "system:serviceaccount:" + namespace + ":" + name;
    }

    /**
     * Requests a token for an hour.
     *
     * @param audiences whom it is for; none for the kube-apiserver itself
     * @return the token
     */
    public String token(String... audiences) {
        return token(HOUR, audiences);
    }

    /**
     * Requests a token.
     *
     * @param validity at least ten minutes
     * @param audiences whom it is for; none for the kube-apiserver itself
     * @return the token
     */
    public String token(Duration validity, String... audiences) {
        return request(validity, List.of(audiences), null);
    }

    /**
     * Requests a token for an hour that ends with a Secret: who deletes the Secret revokes the token.
     *
     * @param secret of the same namespace
     * @return the token
     */
    public String boundToken(SecretState secret) {
        return request(HOUR, List.of(), secret);
    }

    private String request(Duration validity, List<String> audiences, @Nullable SecretState secret) {
        var spec = Json.createObjectBuilder()
                .add("expirationSeconds", validity.toSeconds())
                .add("audiences", Json.createArrayBuilder(audiences));
        if (secret != null) {
            spec.add(
                    "boundObjectRef",
                    Json.createObjectBuilder()
                            .add("apiVersion", "v1")
                            .add("kind", "Secret")
                            .add("name", secret.name())
                            .add("uid", secret.uid()));
        }
        JsonObject request = Json.createObjectBuilder().add("spec", spec).build();
        return admin().send("POST", path() + "/token", request)
                .ok()
                .json()
                .getJsonObject("status")
                .getString("token");
    }

    /**
     * Signs a token with the cluster's key, past the server, which issues none for less than ten minutes. The server
     * accepts it until a minute after its end.
     *
     * @param from its first moment
     * @param until its last moment, which may be in the past
     * @param audiences whom it is for; none for the kube-apiserver itself
     * @return the token
     */
    public String signedToken(Instant from, Instant until, String... audiences) {
        List<String> whom = audiences.length == 0 ? List.of(ISSUER) : List.of(audiences);
        JsonObject account =
                Json.createObjectBuilder().add("name", name).add("uid", uid).build();
        JsonObject claims = Json.createObjectBuilder()
                .add("iss", ISSUER)
                .add("sub", userName())
                .add("aud", Json.createArrayBuilder(whom))
                .add("iat", from.getEpochSecond())
                .add("nbf", from.getEpochSecond())
                .add("exp", until.getEpochSecond())
                .add(
                        "kubernetes.io",
                        Json.createObjectBuilder().add("namespace", namespace).add("serviceaccount", account))
                .build();
        return Jwt.sign(claims, cluster.tokenKey());
    }

    /**
     * Returns this account with a new token.
     *
     * @return a user
     */
    public User user() {
        return user(token());
    }

    /**
     * Returns this account with a token.
     *
     * @param token of this account
     * @return a user
     */
    public User user(String token) {
        return new User(userName(), Kubeconfig.of(cluster.address(), cluster.caPem(), token));
    }

    /** Deletes the account, and with it all its tokens. */
    public void delete() {
        admin().send("DELETE", path()).ok();
    }

    private AdminClient admin() {
        return cluster.admin();
    }

    private String path() {
        return "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + name;
    }

    @Override
    public String toString() {
        return userName();
    }
}
