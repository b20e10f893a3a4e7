package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretValue;
import io.github.secretsource.servers.host.Identity;
import java.io.IOException;
import java.net.Authenticator;
import java.net.Authenticator.RequestorType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ProxyTest {
    private static final VaultRequest READ =
            VaultRequest.get("secret/data/app").token(SecretValue.of("not-a-real-token"));
    private static final VaultRequest LOGIN = VaultRequest.post("auth/x/login", Map.of("secret", "not-a-real-secret"));

    private static final String BASIC = "Basic realm=\"proxy\"\r\n";
    private static final byte[] NO_BODY = new byte[0];

    private final ProxySelector before = ProxySelector.getDefault();

    @AfterEach
    void restore() {
        ProxySelector.setDefault(before);
    }

    private static void useProxy(FakeVault proxy) {
        var address = new InetSocketAddress("localhost", proxy.address().getPort());
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return List.of(new Proxy(Proxy.Type.HTTP, address));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress where, IOException problem) {}
        });
    }

    @Test
    @DisplayName("B18 what goes to this machine in clear goes to no proxy, whatever the proxy settings")
    void plainHttpStaysHere() throws Exception {
        try (FakeVault proxy = Way.HTTP.server(new Routes());
                FakeVault server = Way.HTTP.server((request, connection) -> connection.json(200, "{}"))) {
            useProxy(proxy);
            try (VaultTransport transport = Way.HTTP.transport()) {
                assertThat(transport.send(server.address(), READ, Way.soon()).status())
                        .isEqualTo(200);
            }

            assertThat(proxy.connections()).isZero();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("B18 https goes through the proxy of the JDK's settings, which sees a host and a port and no token")
    void secureGoesThroughProxy(Way way) {
        try (FakeVault proxy = Way.HTTP.server((request, connection) -> connection.json(502, "{}"))) {
            useProxy(proxy);
            try (VaultTransport transport = way.transport()) {
                var address = URI.create("https://vault.invalid:8200");

                assertThatThrownBy(() -> {
                            VaultReply reply = transport.send(address, way == Way.DRIVER ? LOGIN : READ, Way.soon());
                            assertThat(reply.status()).isNotEqualTo(502);
                        })
                        .isInstanceOfAny(TransportException.class, AssertionError.class);
            }

            assertThat(proxy.received()).startsWith("CONNECT vault.invalid:8200");
            assertThat(proxy.received()).doesNotContain("not-a-real");
        }
    }

    /** Leads to a server, whatever address was asked for. */
    private static FakeVault.Script tunnel(FakeVault server) {
        return (request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\n\r\n");
            try (var onward = new Socket(
                    InetAddress.getLoopbackAddress(), server.address().getPort())) {
                var back = new Thread(() -> copy(onward, connection), "fake-vault-tunnel");
                back.setDaemon(true);
                back.start();
                connection.in().transferTo(onward.getOutputStream());
            }
        };
    }

    private static void copy(Socket from, FakeConnection to) {
        try {
            byte[] bytes = new byte[8192];
            for (int count = from.getInputStream().read(bytes);
                    count >= 0;
                    count = from.getInputStream().read(bytes)) {
                to.write(Arrays.copyOf(bytes, count));
            }
        } catch (IOException e) {
            to.close();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName(
            "B18 F14 behind a proxy the name of the server is checked, whatever verifier the application has put in")
    void checksNamesBehindProxy(Way way) throws Exception {
        HostnameVerifier verifier = HttpsURLConnection.getDefaultHostnameVerifier();
        HttpsURLConnection.setDefaultHostnameVerifier((host, session) -> true);
        Identity right = Way.AUTHORITY.request("vault").host("vault.invalid").issue();
        try (FakeVault named = FakeVault.secure(Way.AUTHORITY.trusting(right), (heard, to) -> to.json(200, "{}"));
                FakeVault other = way.server((heard, to) -> to.json(200, "{}"));
                FakeVault proxy = FakeVault.plain(tunnel(named));
                VaultTransport transport = way.transport()) {
            useProxy(proxy);
            var address = URI.create("https://vault.invalid:8200");

            assertThat(transport.send(address, LOGIN, Way.soon()).status()).isEqualTo(200);
            named.dropConnections();
            proxy.dropConnections();
            proxy.now(tunnel(other));
            assertThatThrownBy(() -> {
                        try (VaultTransport fresh = way.transport()) {
                            VaultReply unused = fresh.send(address, LOGIN, Way.soon());
                        }
                    })
                    .isInstanceOf(TransportException.class)
                    .hasMessage("shows a TLS certificate of another host name");

            assertThat(other.received()).isEmpty();
        } finally {
            HttpsURLConnection.setDefaultHostnameVerifier(verifier);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("B18 a proxy that wants a user and a password is named as what stands in the way, and what helps")
    void namesProxyThatWantsUser(Way way) {
        try (FakeVault proxy =
                FakeVault.plain((heard, to) -> to.answer(407, "Proxy-Authenticate: " + BASIC, NO_BODY))) {
            useProxy(proxy);
            VaultTransport transport = way.transport();
            var addresses = new Addresses(List.of(URI.create("https://vault.invalid:8200")));
            try (var client = new VaultClient(addresses, "", System::nanoTime, transport, transport)) {
                var refusal = catchThrowableOfType(Refusal.class, () -> client.send(LOGIN, Way.soon()));

                assertThat(refusal.kind()).isEqualTo(Refusal.Kind.UNAVAILABLE);
                assertThat(refusal.problem()).contains("a proxy wants a user and a password (407)");
                assertThat(refusal.fix()).contains("java.net.Authenticator", "tunneling.disabledSchemes");
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("B18 a login that a proxy lets nobody through with was not asked")
    void wasNotLetThrough(Way way) {
        try (FakeVault proxy = FakeVault.plain((heard, to) -> to.answer(502, "", NO_BODY));
                VaultTransport transport = way.transport()) {
            useProxy(proxy);

            var thrown = catchThrowableOfType(
                    TransportException.class,
                    () -> transport.send(URI.create("https://vault.invalid:8200"), LOGIN, Way.soon()));

            assertThat(thrown.problem()).isEqualTo("is behind a proxy that lets nobody through to it");
            assertThat(thrown.stage()).isEqualTo(TransportException.Stage.UNSENT);
        }
    }

    /** Sends as the product does: each request by the transport that is right for it. */
    private static VaultClient client(URI address) {
        return new VaultClient(
                new Addresses(List.of(address)), "", System::nanoTime, Way.DRIVER.transport(), Way.HTTPS.transport());
    }

    @Test
    @DisplayName("F6 B18 a proxy whose answer drips is given up at the deadline of the call, of a login, too")
    void givesUpDrippingProxy() {
        var limit = Duration.ofMillis(700);
        try (FakeVault proxy = FakeVault.plain((heard, to) -> {
                    to.write("HTTP/1.1 200 OK\r\n");
                    to.drip("X-Drip: " + "x".repeat(10_000), Duration.ofMillis(50));
                });
                VaultClient client = client(URI.create("https://vault.invalid:8200"))) {
            useProxy(proxy);
            for (VaultRequest request : List.of(LOGIN, READ)) {
                long begin = System.nanoTime();

                var refusal = catchThrowableOfType(Refusal.class, () -> client.send(request, begin + limit.toNanos()));

                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(limit.plusMillis(400));
                assertThat(refusal.problem()).endsWith(" in time");
            }
        }
    }

    @Test
    @DisplayName("F49 B18 close() ends a login that waits for a proxy")
    void endsLogins() throws Exception {
        var arrived = new CountDownLatch(1);
        try (FakeVault proxy = FakeVault.plain((heard, to) -> {
            arrived.countDown();
            to.drip("HTTP/1.1 200 OK\r\nX-Drip: " + "x".repeat(10_000), Duration.ofMillis(50));
        })) {
            useProxy(proxy);
            VaultClient client = client(URI.create("https://vault.invalid:8200"));
            var sending = CompletableFuture.supplyAsync(() ->
                    catchThrowableOfType(Refusal.class, () -> client.send(LOGIN, Way.in(Duration.ofSeconds(30)))));
            arrived.await();

            client.close();

            assertThat(sending.get(3, TimeUnit.SECONDS).problem()).contains("broke the connection off");
        }
    }

    @Test
    @DisplayName("B18 a login goes through a proxy, and prints and logs nothing of what it sends and gets")
    void logsInThroughProxy() throws Exception {
        Identity right = Way.AUTHORITY.request("vault").host("vault.invalid").issue();
        try (var output = new CapturedOutput();
                FakeVault server = FakeVault.secure(
                        Way.AUTHORITY.trusting(right),
                        (heard, to) -> to.json(200, "{\"auth\":{\"client_token\":\"not-a-real-token\"}}"));
                FakeVault proxy = FakeVault.plain(tunnel(server));
                VaultClient client = client(URI.create("https://vault.invalid:8200"))) {
            useProxy(proxy);

            assertThat(client.send(LOGIN, Way.soon()).status()).isEqualTo(200);

            assertThat(server.received()).contains("not-a-real-secret");
            assertThat(output.text()).doesNotContain("not-a-real");
        }
    }

    @Test
    @DisplayName("B18 a selector of proxies that fails is no error of ours")
    void copesWithBrokenSelector() {
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                throw new IllegalStateException("not-a-real-selector");
            }

            @Override
            public void connectFailed(URI uri, SocketAddress where, IOException problem) {}
        });
        try (FakeVault server = Way.HTTPS.server((heard, to) -> to.json(200, "{}"));
                VaultClient client = client(server.address())) {
            for (VaultRequest request : List.of(READ, LOGIN)) {
                var refusal = catchThrowableOfType(Refusal.class, () -> client.send(request, Way.soon()));

                assertThat(refusal.kind()).isEqualTo(Refusal.Kind.UNAVAILABLE);
                assertThat(refusal.problem()).doesNotContain("not-a-real");
            }
        }
    }

    @Test
    @DisplayName("B18 the application's default authenticator is asked for proxies alone, and when they ask")
    void asksForProxiesAlone() throws Exception {
        var ours = new ProxyAuthenticator();
        for (RequestorType type : RequestorType.values()) {
            assertThat(asked(ours, type)).isNull();
        }
        Authenticator.setDefault(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(getRequestingHost() + getRequestorType(), new char[0]);
            }
        });
        try {
            assertThat(asked(ours, RequestorType.SERVER)).isNull();
            assertThat(asked(ours, RequestorType.PROXY).getUserName()).isEqualTo("proxy.examplePROXY");
        } finally {
            Authenticator.setDefault(null);
        }
    }

    private static PasswordAuthentication asked(Authenticator ours, RequestorType type) throws Exception {
        return ours.requestPasswordAuthenticationInstance(
                "proxy.example",
                null,
                3128,
                "http",
                "realm",
                "basic",
                URI.create("http://a.example").toURL(),
                type);
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B18 a JDK without proxy settings is fine")
    void needsNoSettings(Way way) throws Exception {
        ProxySelector.setDefault(null);
        try (FakeVault server = way.server((request, connection) -> connection.json(200, "{}"));
                VaultTransport transport = way.transport()) {
            assertThat(transport.send(server.address(), READ, Way.soon()).status())
                    .isEqualTo(200);
        }
    }
}
