package io.github.secretsource.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.test.FaultProxy;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithServers
class KubernetesAccessServerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Kubernetes kubernetes;
    private final Namespace namespace;

    KubernetesAccessServerIT(Kubernetes kubernetes) {
        this.kubernetes = kubernetes;
        this.namespace = kubernetes.namespace();
    }

    @Test
    void aRoleWithResourceNamesAllowsGetAndWatchOfOneNameOnly() {
        User alice = kubernetes.certificateUser("alice");
        namespace.create("mine", "password", "one");
        namespace.create("other", "password", "two");
        namespace.permit(alice.name(), List.of("get", "watch"), "mine");

        AdminClient client = alice.client();

        assertThat(status(client, namespace.path("mine"))).isEqualTo(200);
        assertThat(status(client, watch("?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=mine")))
                .isEqualTo(200);
        assertThat(status(client, namespace.path("other"))).isEqualTo(403);
        assertThat(status(client, namespace.path("missing"))).isEqualTo(403);
        assertThat(status(client, namespace.path(""))).isEqualTo(403);
        assertThat(status(client, watch("?watch=1&timeoutSeconds=1"))).isEqualTo(403);
        assertThat(status(client, watch("?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=other")))
                .isEqualTo(403);
        assertThat(client.send("GET", namespace.path("other")).json().getString("message"))
                .isEqualTo("secrets \"other\" is forbidden: User \"alice\" cannot get resource \"secrets\" in API group"
                        + " \"\" in the namespace \"" + namespace.name() + "\"");
    }

    @Test
    void aRoleInYamlIsInForceUntilItIsRevoked() {
        User bob = kubernetes.certificateUser("bob");
        namespace.create("db", "password", "one");
        String role = """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata:
                  name: reader
                rules:
                  - apiGroups: [""]
                    resources: ["secrets"]
                    resourceNames: ["db"]
                    verbs: ["get"]
                """;

        Grant grant = namespace.permitByManifest(bob.name(), role);
        assertThat(status(bob.client(), namespace.path("db"))).isEqualTo(200);
        grant.revoke();

        assertThat(status(bob.client(), namespace.path("db"))).isEqualTo(403);
    }

    @Test
    void usersAskWhatTheyMay() {
        ServiceAccount account = namespace.serviceAccount("app");
        namespace.permit(account.userName(), List.of("get"), "db");
        AdminClient client = account.user().client();

        assertThat(mayGet(client, "db")).isTrue();
        assertThat(mayGet(client, "other")).isFalse();
    }

    private boolean mayGet(AdminClient client, String secret) {
        JsonObject question = Json.createObjectBuilder()
                .add(
                        "spec",
                        Json.createObjectBuilder()
                                .add(
                                        "resourceAttributes",
                                        Json.createObjectBuilder()
                                                .add("namespace", namespace.name())
                                                .add("verb", "get")
                                                .add("resource", "secrets")
                                                .add("name", secret)))
                .build();
        return client.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", question)
                .ok()
                .json()
                .getJsonObject("status")
                .getBoolean("allowed");
    }

    @Test
    void aTokenForAnotherAudienceIsForThatAudienceOnly() {
        ServiceAccount account = namespace.serviceAccount("app");
        String token = account.token(Duration.ofMinutes(10), "vault");
        AdminClient reviewer = kubernetes.tokenReviewer().user().client();

        assertThat(status(account.user(token).client(), namespace.path("db"))).isEqualTo(401);
        assertThat(status(account.user().client(), namespace.path("db"))).isEqualTo(403);
        assertThat(review(reviewer, token, "vault").getBoolean("authenticated", false))
                .isTrue();
        assertThat(review(reviewer, token, "vault").getJsonObject("user").getString("username"))
                .isEqualTo(account.userName());
        assertThat(review(reviewer, token, "vault").getJsonArray("audiences").getString(0))
                .isEqualTo("vault");
        assertThat(review(reviewer, token, "other").getBoolean("authenticated", false))
                .isFalse();
    }

    private static JsonObject review(AdminClient reviewer, String token, String audience) {
        JsonObject question = Json.createObjectBuilder()
                .add(
                        "spec",
                        Json.createObjectBuilder()
                                .add("token", token)
                                .add("audiences", Json.createArrayBuilder().add(audience)))
                .build();
        return reviewer.send("POST", "/apis/authentication.k8s.io/v1/tokenreviews", question)
                .ok()
                .json()
                .getJsonObject("status");
    }

    @Test
    void noTokenIsRequestedForLessThanTenMinutes() {
        ServiceAccount account = namespace.serviceAccount("app");
        String path = "/api/v1/namespaces/" + namespace.name() + "/serviceaccounts/app/token";

        var refused = kubernetes.admin().send("POST", path, "{\"spec\":{\"expirationSeconds\":599}}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(account.token(Duration.ofMinutes(10))).contains(".");
    }

    @Test
    void aSignedTokenIsGoodUntilAMinuteAfterItsEnd() {
        ServiceAccount account = namespace.serviceAccount("app");
        Instant now = Instant.now();
        String fresh = account.signedToken(now, now.plusSeconds(5));
        String lately = account.signedToken(now.minusSeconds(100), now.minusSeconds(30));
        String over = account.signedToken(now.minusSeconds(100), now.minusSeconds(61));

        assertThat(List.of(fresh, lately, over))
                .extracting(token -> status(account.user(token).client(), namespace.path("db")))
                .containsExactly(403, 403, 401);
    }

    @Test
    void aTokenEndsWithItsSecretOrItsAccount() {
        ServiceAccount account = namespace.serviceAccount("app");
        ServiceAccount leaving = namespace.serviceAccount("leaving");
        SecretState bond = namespace.create("bond", "any", "thing");
        var clients = List.of(
                account.user().client(),
                account.user(account.boundToken(bond)).client(),
                leaving.user().client());
        assertThat(clients).extracting(this::statusOfRead).containsExactly(403, 403, 403);

        namespace.delete("bond");
        leaving.delete();

        Deadline.await(
                "two are revoked",
                LIMIT,
                () -> clients.stream().map(this::statusOfRead).toList().equals(List.of(403, 401, 401)));
    }

    private int statusOfRead(AdminClient client) {
        return status(client, namespace.path("db"));
    }

    @Test
    void aCertificateThatIsOverIsRefused() {
        Instant now = Instant.now();
        var over = kubernetes
                .clientAuthority()
                .request("carol")
                .valid(now.minusSeconds(100), now.minusSeconds(10))
                .issue();

        User carol = kubernetes.certificateUser("carol", over);

        assertThat(status(carol.client(), namespace.path("db"))).isEqualTo(401);
    }

    @Test
    void theAuditLogCountsTheReadsOfAUser() {
        User dave = kubernetes.certificateUser("dave");
        namespace.create("db", "password", "one");
        namespace.permit(dave.name(), List.of("get", "watch"), "db");
        AdminClient client = dave.client();

        client.send("GET", namespace.path("db"));
        client.send("GET", namespace.path("db"));
        client.send("GET", namespace.path("other"));
        client.send("GET", watch("?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=db"));

        assertThat(ofDave()).extracting(Request::verb).containsExactly("get", "get", "get", "watch");
        assertThat(ofDave()).extracting(Request::name).containsExactly("db", "db", "other", "db");
        assertThat(ofDave()).allMatch(request -> request.isSecrets(request.verb()));
        Deadline.await(
                "all have ended",
                LIMIT,
                () -> ofDave().stream().allMatch(request -> request.stage().equals("ResponseComplete")));
        assertThat(ofDave()).extracting(Request::status).containsExactly(200, 200, 403, 200);
    }

    private List<Request> ofDave() {
        return namespace.requests().stream()
                .filter(request -> request.user().equals("dave"))
                .toList();
    }

    @Test
    void aKubeconfigIsReadAsItIsWritten() {
        User erin = kubernetes.certificateUser("erin");
        ServiceAccount account = namespace.serviceAccount("app");

        AdminClient byCertificate = Kubeconfig.parse(erin.kubeconfig()).client();
        AdminClient byToken = Kubeconfig.parse(account.user().kubeconfig()).client();

        assertThat(status(byCertificate, namespace.path("db"))).isEqualTo(403);
        assertThat(status(byToken, namespace.path("db"))).isEqualTo(403);
        assertThat(status(Kubeconfig.parse(kubernetes.kubeconfig()).client(), namespace.path("")))
                .isEqualTo(200);
    }

    @Test
    void aProxyMayStandBeforeTheServer() {
        User frank = kubernetes.certificateUser("frank");
        try (var proxy = FaultProxy.before(kubernetes.socketAddress())) {
            URI before = URI.create("https://127.0.0.1:" + proxy.address().getPort());

            int status = status(Kubeconfig.parse(frank.kubeconfig(before)).client(), namespace.path("db"));

            assertThat(status).isEqualTo(403);
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }

    @Test
    void aRunningClusterIsUsedByItsKubeconfigAndLeftAsItWas(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("kubeconfig.json"), kubernetes.kubeconfig());
        String made;
        try (var other = Kubernetes.connect(file)) {
            Namespace theirs = other.namespace();
            made = "/api/v1/namespaces/" + theirs.name();
            assertThat(theirs.create("db", "password", "one").text("password")).isEqualTo("one");
            assertThatThrownBy(other::kill)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("servers.kubernetes");
        }

        var left = kubernetes.admin().send("GET", made).status(200, 404);

        assertThat(left.body()).containsAnyOf("Terminating", "NotFound");
    }

    @Test
    void aKubeconfigInYamlIsRefusedWithAWayOut() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Kubeconfig.parse("apiVersion: v1\nusers: [{token: canary}]"))
                .withMessageContaining("must be JSON")
                .withMessageContaining("--raw --minify --flatten -o json")
                .withMessageNotContaining("canary");
    }

    private String watch(String query) {
        return namespace.path("") + query;
    }

    private static int status(AdminClient client, String path) {
        return client.send("GET", path).status();
    }
}
