package io.github.secretsource.servers.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Deadline;
import jakarta.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

@WithServers
class KubernetesSecretsServerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Kubernetes kubernetes;
    private final Namespace namespace;

    KubernetesSecretsServerIT(Kubernetes kubernetes) {
        this.kubernetes = kubernetes;
        this.namespace = kubernetes.namespace();
    }

    @Test
    void secretsOfAllEightTypesAreCreatedAndReadBack() {
        var identity = CertificateAuthority.create("any").localhost();
        namespace.serviceAccount("app");
        var types = new TreeMap<String, List<String>>();

        for (SecretManifest secret : List.of(
                SecretManifest.opaque("opaque").with("binary", new byte[] {0, -1, 10}),
                SecretManifest.basicAuth("basic", "scott", "fish"),
                SecretManifest.sshAuth("ssh", identity.keyPem()),
                SecretManifest.tls("web", identity),
                SecretManifest.dockerConfig("older", "registry.test", "scott", "fish"),
                SecretManifest.dockerConfigJson("newer", "registry.test", "scott", "fish"),
                SecretManifest.bootstrapToken("abcdef", "0123456789abcdef"),
                SecretManifest.serviceAccountToken("account", "app"))) {
            namespace.create(secret);
            SecretState read = namespace.read(secret.name());
            types.put(read.type(), List.copyOf(read.data().keySet()));
        }

        // Of an account's token the fields come later.
        types.computeIfPresent("kubernetes.io/service-account-token", (type, fields) -> List.of());
        assertThat(types)
                .isEqualTo(Map.of(
                        "Opaque", List.of("binary"),
                        "kubernetes.io/basic-auth", List.of("password", "username"),
                        "kubernetes.io/ssh-auth", List.of("ssh-privatekey"),
                        "kubernetes.io/tls", List.of("tls.crt", "tls.key"),
                        "kubernetes.io/dockercfg", List.of(".dockercfg"),
                        "kubernetes.io/dockerconfigjson", List.of(".dockerconfigjson"),
                        "bootstrap.kubernetes.io/token",
                                List.of("token-id", "token-secret", "usage-bootstrap-authentication"),
                        "kubernetes.io/service-account-token", List.of()));
        assertThat(namespace.read("opaque").data().get("binary")).containsExactly(0, -1, 10);
        assertThat(namespace.read("web").text("tls.key")).isEqualTo(identity.keyPem());
    }

    @Test
    void theControllerManagerFillsTheTokenOfAServiceAccount() {
        ServiceAccount account = namespace.serviceAccount("app");

        namespace.create(SecretManifest.serviceAccountToken("token", "app"));

        Deadline.await(
                "it is filled", LIMIT, () -> namespace.read("token").data().size() == 3);
        SecretState filled = namespace.read("token");
        assertThat(filled.text("namespace")).isEqualTo(namespace.name());
        assertThat(filled.text("ca.crt")).isEqualTo(kubernetes.caPem());
        assertThat(account.user(filled.text("token"))
                        .client()
                        .send("GET", namespace.path("token"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void fieldsAreSetReplacedAndRemoved() {
        SecretState first = namespace.create("db", "password", "one");

        SecretState second = namespace.set("db", "user", "scott");
        SecretState third = namespace.unset("db", "user");
        SecretState fourth = namespace.replace(SecretManifest.opaque("db").with("password", "two"));
        SecretState labelled = namespace.label("db", "team", "orders");

        assertThat(second.data()).containsOnlyKeys("password", "user");
        assertThat(third.data()).containsOnlyKeys("password");
        assertThat(fourth.text("password")).isEqualTo("two");
        assertThat(labelled.text("password")).isEqualTo("two");
        assertThat(List.of(first, second, third, fourth, labelled))
                .extracting(SecretState::version)
                .doesNotHaveDuplicates();
        assertThat(List.of(first, second, third, fourth, labelled))
                .extracting(SecretState::uid)
                .containsOnly(first.uid());
    }

    @Test
    void aSecretThatIsCreatedAgainIsAnotherOne() {
        SecretState first = namespace.create("db", "password", "one");
        namespace.delete("db");
        assertThat(kubernetes.admin().send("GET", namespace.path("db")).status())
                .isEqualTo(404);

        SecretState second = namespace.create("db", "password", "one");

        assertThat(second.uid()).isNotEqualTo(first.uid());
    }

    @Test
    void anImmutableSecretKeepsItsDataAndTakesLabels() {
        namespace.create("db", "password", "one");
        namespace.freeze("db");

        var refused = kubernetes
                .admin()
                .with("Content-Type", "application/merge-patch+json")
                .send("PATCH", namespace.path("db"), "{\"data\":{\"password\":\"dHdv\"}}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().getString("message")).contains("field is immutable when `immutable` is set");
        assertThat(namespace.label("db", "team", "orders").immutable()).isTrue();
    }

    @Test
    void whatIsTooLargeNotBase64OrIncompleteIsRefused() {
        var tls = SecretManifest.of("web", "kubernetes.io/tls").with("tls.crt", "no certificate");
        var large = SecretManifest.opaque("large").with("all", new byte[1024 * 1024 + 1]);
        var broken = Json.createObjectBuilder()
                .add("metadata", Json.createObjectBuilder().add("name", "broken"))
                .add("data", Json.createObjectBuilder().add("password", "!"))
                .build();

        assertThat(List.of(tls.json(), large.json(), broken))
                .extracting(json -> kubernetes
                        .admin()
                        .send("POST", namespace.path(""), json)
                        .status())
                .containsExactly(422, 422, 400);
    }

    @Test
    void aDeletedNamespaceTakesItsSecretsAlong() {
        namespace.create("db", "password", "one");

        namespace.delete();

        assertThat(kubernetes.admin().send("GET", namespace.path("db")).status())
                .isEqualTo(404);
    }

    @Test
    void whatEtcdHasIsEncryptedWithTheDefaultKey() {
        namespace.create("db", "password", "plain-to-see");

        String stored = new String(namespace.stored("db"), US_ASCII);

        assertThat(stored).startsWith("k8s:enc:aescbc:v1:key1:").doesNotContain("plain-to-see");
    }
}
