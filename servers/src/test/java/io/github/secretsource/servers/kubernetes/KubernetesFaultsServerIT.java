package io.github.secretsource.servers.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Deadline;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a control plane that is broken on purpose and shared with no other class. */
@WithServers
class KubernetesFaultsServerIT {
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static Kubernetes kubernetes;

    private final Namespace namespace = kubernetes.namespace();

    @BeforeAll
    static void start() {
        kubernetes = Kubernetes.builder()
                .withoutWatchCache()
                .encryption(Kubernetes.encryption("aescbc", "key1", KEY))
                .start();
    }

    @AfterAll
    static void end() {
        if (kubernetes != null) {
            kubernetes.close();
        }
    }

    @Test
    void aWatchSeesWhatIsModifiedAndDeleted() {
        String version = namespace.create("db", "password", "one").version();
        namespace.create("other", "password", "one");
        namespace.set("db", "password", "two");
        namespace.label("db", "team", "orders");
        namespace.delete("db");
        var seen = new ArrayList<String>();

        Deadline.await("a watch of a second sees all", LIMIT, () -> {
            seen.clear();
            seen.addAll(events(version));
            return seen.contains("DELETED");
        });
        assertThat(seen).containsExactly("MODIFIED", "MODIFIED", "DELETED");
    }

    @Test
    void aWatchFromAVersionThatEtcdForgotIsGone() {
        String version = namespace.create("db", "password", "one").version();
        namespace.set("db", "password", "two");
        namespace.set("db", "password", "three");

        kubernetes.compact();

        String watch = watch(version, 20).lines().findFirst().orElseThrow();
        assertThat(watch).startsWith("{\"type\":\"ERROR\"").contains("\"reason\":\"Expired\"", "\"code\":410");
        assertThat(events(namespace.read("db").version())).isEmpty();
    }

    private List<String> events(String version) {
        return watch(version, 1)
                .lines()
                .map(line -> line.replaceAll("^\\{\"type\":\"([A-Z]*)\".*", "$1"))
                .collect(Collectors.toList());
    }

    /** What comes until the server ends it: with an error at once, else after the seconds. */
    private String watch(String version, int seconds) {
        String query =
                "?watch=1&timeoutSeconds=" + seconds + "&fieldSelector=metadata.name=db&resourceVersion=" + version;
        return kubernetes.admin().send("GET", namespace.path("") + query).ok().body();
    }

    @Test
    void aKilledServerComesBackOnItsPortWithItsData() {
        namespace.create("db", "password", "one");
        User user = namespace.serviceAccount("app").user();
        AdminClient before = kubernetes.admin();
        URI address = kubernetes.address();

        kubernetes.kill();
        assertThatThrownBy(() -> before.send("GET", "/readyz")).isInstanceOf(UncheckedIOException.class);
        kubernetes.restart();

        assertThat(kubernetes.address()).isEqualTo(address);
        assertThat(namespace.read("db").text("password")).isEqualTo("one");
        assertThat(user.client().send("GET", namespace.path("db")).status()).isEqualTo(403);
    }

    @Test
    void aPausedServerAnswersWhenItGoesOn() throws Exception {
        kubernetes.pause();
        var answer = CompletableFuture.supplyAsync(
                () -> kubernetes.admin().send("GET", "/readyz").status());
        assertThatThrownBy(() -> answer.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        kubernetes.resume();

        assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(200);
    }

    @Test
    void aStoppedServerStartsAgain() {
        namespace.create("db", "password", "one");

        kubernetes.stop();
        kubernetes.restart();

        assertThat(namespace.read("db").text("password")).isEqualTo("one");
    }

    @Test
    void aNewServingCertificateIsOfAnotherAuthority() {
        String before = kubernetes.caPem();
        User old = kubernetes.certificateUser("alice");

        kubernetes.replaceServingCertificate();

        assertThat(kubernetes.caPem()).isNotEqualTo(before);
        assertThatThrownBy(() -> old.client().send("GET", "/readyz")).hasCauseInstanceOf(SSLHandshakeException.class);
        User now = kubernetes.certificateUser("alice");
        assertThat(now.client().send("GET", namespace.path("db")).status()).isEqualTo(403);
        // The controller manager knows the new authority too.
        namespace.serviceAccount("app");
        namespace.create(SecretManifest.serviceAccountToken("token", "app"));
        Deadline.await(
                "the token is there",
                LIMIT,
                () -> namespace.read("token").data().size() == 3);
        assertThat(namespace.read("token").text("ca.crt")).isEqualTo(kubernetes.caPem());
    }

    @Test
    void anotherEncryptionConfigurationIsTakenAndABrokenOneIsNot() {
        namespace.create("before", "password", "one");

        assertThat(kubernetes.reencrypt(Kubernetes.encryption("rot13", "key1", KEY)))
                .isFalse();
        assertThat(begin("between")).isEqualTo("k8s:enc:aescbc:v1:key1:");
        assertThat(kubernetes.reencrypt(Kubernetes.encryption("secretbox", "key2", KEY)))
                .isTrue();
        assertThat(begin("after")).isEqualTo("k8s:enc:secretbox:v1:key2:");
        // Without its key a Secret is an error of the server until the key is back.
        assertThat(statusOf("before")).isEqualTo(500);
        namespace.delete("after");
        assertThat(kubernetes.reencrypt(Kubernetes.encryption("aescbc", "key1", KEY)))
                .isTrue();

        assertThat(namespace.read("before").text("password")).isEqualTo("one");
    }

    private String begin(String secret) {
        namespace.create(secret, "password", "one");
        return new String(namespace.stored(secret), US_ASCII).replaceAll("(?s)^(.*?:v1:.*?:).*", "$1");
    }

    private int statusOf(String secret) {
        return kubernetes.admin().send("GET", namespace.path(secret)).status();
    }
}
