package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.test.FakeTime;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TlsTest {
    private static final SecretValue TOKEN = SecretValue.of("not-a-real-token");
    private static final VaultRequest READ = VaultRequest.get("secret/data/app").token(TOKEN);
    private static final VaultRequest LOGIN = VaultRequest.post("auth/approle/login", Map.of("secret_id", "s"));
    private static final CertificateAuthority OURS = Way.AUTHORITY;

    private static Identity expired() {
        Instant now = Instant.now();
        return OURS.request("localhost")
                .host("localhost")
                .valid(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)))
                .issue();
    }

    private static Identity fromTomorrow() {
        Instant now = Instant.now();
        return OURS.request("localhost")
                .host("localhost")
                .valid(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(2)))
                .issue();
    }

    static Stream<Arguments> wrongCertificates() {
        CertificateAuthority other = CertificateAuthority.create("somebody-else");
        return Stream.of(Way.HTTPS, Way.DRIVER)
                .flatMap(way -> Stream.of(
                        Arguments.of(way, "F13", "shows a TLS certificate that has expired", expired()),
                        Arguments.of(way, "F13", "shows a TLS certificate that is not valid yet", fromTomorrow()),
                        Arguments.of(
                                way,
                                "F14",
                                "shows a TLS certificate of another host name",
                                OURS.request("other").host("vault.example").issue()),
                        Arguments.of(
                                way,
                                "F14",
                                "shows a TLS certificate of another host name",
                                OURS.request("names-no-host").issue()),
                        Arguments.of(
                                way,
                                "F14",
                                "shows a TLS certificate of an authority that is not trusted",
                                other.localhost())));
    }

    @ParameterizedTest(name = "{displayName} [{0} {1}: {2}]")
    @MethodSource("wrongCertificates")
    @DisplayName("F13 F14 a server with a wrong certificate is told nothing, and what is wrong with it is said")
    void refusesCertificates(Way way, String row, String problem, Identity identity) {
        for (VaultRequest request : new VaultRequest[] {READ, LOGIN}) {
            try (FakeVault server = FakeVault.secure(OURS.trusting(identity), (heard, to) -> to.json(200, "{}"));
                    VaultTransport transport = way.transport()) {

                var thrown = catchThrowableOfType(
                        TransportException.class, () -> transport.send(server.address(), request, Way.soon()));

                assertThat(thrown.problem()).isEqualTo(problem);
                assertThat(thrown.stage()).isEqualTo(TransportException.Stage.UNSENT);
                assertThat(server.received()).isEmpty();
                assertThat(server.connections()).isOne();
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F14 host names are checked, whatever verifier the application has put in for its own connections")
    void asksNoVerifier(Way way) {
        HostnameVerifier before = HttpsURLConnection.getDefaultHostnameVerifier();
        HttpsURLConnection.setDefaultHostnameVerifier((host, session) -> true);
        Identity elsewhere = OURS.request("other").host("vault.example").issue();
        try (FakeVault server = FakeVault.secure(OURS.trusting(elsewhere), (heard, to) -> to.json(200, "{}"));
                VaultTransport transport = way.transport()) {

            assertThatThrownBy(() -> transport.send(server.address(), LOGIN, Way.soon()))
                    .isInstanceOf(TransportException.class)
                    .hasMessage("shows a TLS certificate of another host name");

            assertThat(server.received()).isEmpty();
        } finally {
            HttpsURLConnection.setDefaultHostnameVerifier(before);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F14 a server whose address is a number shows a certificate of that number")
    void checksNumbers(Way way) throws Exception {
        Identity named = OURS.request("localhost").host("localhost").issue();
        try (FakeVault right = FakeVault.secure(OURS.trusting(OURS.localhost()), (heard, to) -> to.json(200, "{}"));
                FakeVault wrong = FakeVault.secure(OURS.trusting(named), (heard, to) -> to.json(200, "{}"));
                VaultTransport transport = way.transport()) {

            assertThat(transport.send(byNumber(right), LOGIN, Way.soon()).status())
                    .isEqualTo(200);
            assertThatThrownBy(() -> transport.send(byNumber(wrong), LOGIN, Way.soon()))
                    .isInstanceOf(TransportException.class)
                    .hasMessage("shows a TLS certificate of another host name");
        }
    }

    private static URI byNumber(FakeVault server) {
        return URI.create(server.address().toString().replace("localhost", "127.0.0.1"));
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F14 a port where no TLS is spoken is said to be one, and was not asked")
    void findsPlainPort(Way way) throws Exception {
        try (ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                VaultTransport transport = way.transport()) {
            var answering = CompletableFuture.runAsync(() -> refuseInClear(port));

            var thrown = catchThrowableOfType(
                    TransportException.class,
                    () -> transport.send(URI.create("https://localhost:" + port.getLocalPort()), LOGIN, Way.soon()));

            assertThat(thrown.problem()).isEqualTo("does not speak TLS there");
            assertThat(thrown.stage()).isEqualTo(TransportException.Stage.UNSENT);
            answering.join();
        }
    }

    /** As a server in Go does. */
    private static void refuseInClear(ServerSocket port) {
        try (Socket connection = port.accept()) {
            int unused = connection.getInputStream().read();
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request".getBytes(US_ASCII));
            connection.shutdownOutput();
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F14 a server that wants a client certificate and gets none is an outage that was not asked")
    void lacksClientCertificate(Way way) {
        try (FakeVault server =
                        FakeVault.demanding(OURS.trusting(OURS.localhost()), (heard, to) -> to.json(200, "{}"));
                VaultTransport transport = way.transport()) {

            assertThatThrownBy(() -> transport.send(server.address(), LOGIN, Way.soon()))
                    .isInstanceOf(TransportException.class);

            assertThat(server.received()).isEmpty();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F14 a server that speaks no TLS gets no token and no login")
    void speaksNoTls(Way way) {
        try (FakeVault server = FakeVault.plain((heard, to) -> to.json(200, "{}"));
                VaultTransport transport = way.transport()) {
            var address = URI.create(server.address().toString().replace("http:", "https:"));

            assertThatThrownBy(() -> transport.send(address, READ, Way.in(Duration.ofSeconds(1))))
                    .isInstanceOf(TransportException.class);

            assertThat(server.received()).doesNotContain("HTTP", "not-a-real-token");
        }
    }

    @Test
    @DisplayName("F13 an expired certificate is no retry storm: two attempts in the first two seconds, then fewer")
    void retriesSlowly() {
        FakeTime time = FakeTime.create();
        Routes routes = new Routes().anyToken().secret("app", "password", "first");
        try (FakeVault server = FakeVault.secure(OURS.trusting(expired()), FakeVault.serving(routes));
                Secrets secrets = Secrets.builder()
                        .time(time)
                        .source(
                                "vault",
                                Way.source(server).auth(VaultAuth.token(TOKEN)).build())
                        .build()) {

            assertThatThrownBy(() -> secrets.get("vault:secret/app#password"))
                    .isInstanceOf(SecretUnavailableException.class)
                    .hasMessageContaining("shows a TLS certificate that has expired");
            int first = server.connections();
            for (int read = 0; read < 100; read++) {
                assertThatThrownBy(() -> secrets.get("vault:secret/app#password"))
                        .isInstanceOf(SecretUnavailableException.class);
                time.advance(Duration.ofMillis(100));
            }

            assertThat(first).isLessThanOrEqualTo(2);
            assertThat(server.connections()).isLessThanOrEqualTo(12);
        }
    }
}
