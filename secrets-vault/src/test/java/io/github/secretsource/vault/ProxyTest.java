package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretValue;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ProxyTest {
    private static final VaultRequest READ =
            VaultRequest.get("secret/data/app").token(SecretValue.of("not-a-real-token"));
    private static final VaultRequest LOGIN = VaultRequest.post("auth/x/login", Map.of("secret", "not-a-real-secret"));

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
