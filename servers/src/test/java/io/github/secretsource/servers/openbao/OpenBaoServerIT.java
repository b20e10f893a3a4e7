package io.github.secretsource.servers.openbao;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.CertificateAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The process: what it listens on, its certificate, its troubles, and what it writes down of requests. */
@WithServers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenBaoServerIT {
    // Asking for the shared one skips the class where there is none.
    private final OpenBao shared;
    private OpenBao bao;

    OpenBaoServerIT(OpenBao shared) {
        this.shared = shared;
    }

    @BeforeAll
    void start() {
        bao = OpenBao.startOwn();
    }

    @AfterAll
    void end() {
        if (bao != null) {
            bao.close();
        }
    }

    @Test
    void isTheVersionThatIsPinned() {
        assumeFalse("vault".equals(System.getProperty("servers.openbao")), "this is HashiCorp's Vault");
        String version = AdminClient.of(bao.address())
                .send("GET", "/v1/sys/health")
                .ok()
                .json()
                .getString("version");

        assertThat(version).isEqualTo("2.7.2");
    }

    @Test
    void theSharedOneIsAnotherServer() {
        assertThat(shared.address()).isNotEqualTo(bao.address());
        assertThat(shared.admin().tokens().lookup(new Token(bao.token(), ""))).isEmpty();
    }

    @Test
    void answersOverTlsToThoseWhoTrustItsAuthority() throws IOException, CertificateException {
        var trusted = AdminClient.of(bao.tlsAddress(), bao.authority().trusting());
        var distrusted = AdminClient.of(
                bao.tlsAddress(), CertificateAuthority.create("other").trusting());

        assertThat(trusted.send("GET", "/v1/sys/health").status()).isEqualTo(200);
        assertThatThrownBy(() -> distrusted.send("GET", "/v1/sys/health")).isInstanceOf(UncheckedIOException.class);
        try (InputStream file = Files.newInputStream(bao.caFile())) {
            assertThat(CertificateFactory.getInstance("X.509").generateCertificate(file))
                    .isEqualTo(bao.authority().certificate());
        }
    }

    @Test
    void showsAnotherCertificateWithoutARestart() {
        var other = CertificateAuthority.create("other");

        bao.present(other.localhost());
        int status = AdminClient.of(bao.tlsAddress(), other.trusting())
                .send("GET", "/v1/sys/health")
                .status();
        bao.present(bao.authority().localhost());

        assertThat(status).isEqualTo(200);
        assertThat(AdminClient.of(bao.tlsAddress(), bao.authority().trusting())
                        .send("GET", "/v1/sys/health")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void answersNothingWhileItIsPaused() throws IOException {
        bao.pause();
        try {
            assertThatThrownBy(() -> status(bao.address(), Duration.ofMillis(500)))
                    .isInstanceOf(SocketTimeoutException.class);
        } finally {
            bao.resume();
        }

        assertThat(status(bao.address())).isEqualTo(200);
    }

    @Test
    void aDevServerComesBackAtTheSameAddressEmpty() throws IOException {
        Kv2 kv = bao.admin().kv2();
        kv.put("app", "user", "anna");

        bao.kill();
        assertThatThrownBy(() -> status(bao.address())).isInstanceOf(ConnectException.class);
        bao.restart();

        assertThat(status(bao.address())).isEqualTo(200);
        assertThat(bao.admin()
                        .client()
                        .send("GET", "/v1/" + kv.mount() + "/data/app")
                        .status())
                .isEqualTo(404);
        assertThat(AdminClient.of(bao.tlsAddress(), bao.authority().trusting())
                        .send("GET", "/v1/sys/health")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void writesDownWhoReadWhat() {
        Kv2 kv = bao.admin().kv2();
        kv.put("app", "user", "anna");
        Token token = bao.admin().tokens().create(TokenTerms.of(bao.admin().policyToRead(kv.mount() + "/data/app")));
        var client = AdminClient.of(bao.address()).with("X-Vault-Token", token.value());
        Instant before = Instant.now();

        client.send("GET", "/v1/" + kv.mount() + "/data/app").status(200);
        client.send("GET", "/v1/" + kv.mount() + "/data/app").status(200);
        client.send("GET", "/v1/" + kv.mount() + "/data/other").status(403);
        client.send("POST", "/v1/auth/token/renew-self").status(200);
        client.send("POST", "/v1/auth/token/revoke-self").status(204);
        client.send("GET", "/v1/" + kv.mount() + "/data/app").status(403);

        var requests = bao.requests();
        assertThat(requests.stream().filter(request -> request.isRead(kv.mount() + "/data/app")))
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.time()).isAfter(before))
                .extracting(Request::isDone)
                .containsExactly(true, true, false);
        assertThat(requests.stream().filter(request -> request.accessor().equals(token.accessor())))
                .extracting(Request::operation)
                .containsExactly("read", "read", "read", "update", "update");
        assertThat(requests.stream().filter(request -> request.isRead(kv.mount() + "/data/other")))
                .singleElement()
                .satisfies(request -> assertThat(request.error()).contains("permission denied"));
        assertThat(requests.stream().filter(Request::isTokenRenewal)).hasSize(1);
        assertThat(requests.stream().filter(Request::isTokenRevocation)).isNotEmpty();
    }

    @Test
    void tellsHowItIsReached() {
        assertThat(bao.reach())
                .contains("export VAULT_ADDR=" + bao.address(), "export VAULT_TOKEN=" + bao.token())
                .anySatisfy(line -> assertThat(line)
                        .contains(bao.caFile().toString())
                        .contains(bao.tlsAddress().toString()));
        assertThat(bao.toString()).doesNotContain(bao.token());
    }

    @Test
    void aServerThatPropertiesNameIsUsedAndLeftAsItIs() {
        var properties = Map.of(
                "servers.openbao", bao.address().toString(),
                "servers.openbao.token", bao.token(),
                "servers.openbao.tls", bao.tlsAddress().toString(),
                "servers.openbao.ca", bao.caFile().toString());
        var before = properties.keySet().stream()
                .filter(name -> System.getProperty(name) != null)
                .collect(Collectors.toMap(name -> name, System::getProperty));
        System.getProperties().putAll(properties);
        try (OpenBao named = OpenBao.start()) {
            assertThat(named.tlsAddress()).isEqualTo(bao.tlsAddress());
            assertThat(named.caFile()).isEqualTo(bao.caFile());
            named.admin().kv2().put("app", "user", "anna");
            assertThatThrownBy(named::kill)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("servers.openbao");
            assertThatThrownBy(named::requests)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("servers.openbao.audit");
        } finally {
            properties.keySet().forEach(System::clearProperty);
            System.getProperties().putAll(before);
        }

        assertThat(AdminClient.of(bao.address()).send("GET", "/v1/sys/health").status())
                .isEqualTo(200);
    }

    @Test
    void aDevServerIsNotSealed() {
        assertThatThrownBy(bao::seal)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("raft");
    }

    private static int status(URI address) throws IOException {
        return status(address, Duration.ofSeconds(30));
    }

    private static int status(URI address, Duration limit) throws IOException {
        var connection =
                (HttpURLConnection) address.resolve("/v1/sys/health").toURL().openConnection();
        connection.setConnectTimeout((int) limit.toMillis());
        connection.setReadTimeout((int) limit.toMillis());
        return connection.getResponseCode();
    }
}
