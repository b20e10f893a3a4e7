package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretValue;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class BrokenConnectionTest {
    private static final SecretValue TOKEN = SecretValue.of("not-a-real-token");
    private static final VaultRequest READ = VaultRequest.get("secret/data/app").token(TOKEN);
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"data\":{}}";

    /** What must not be carried out twice, each with each way it is sent. */
    static Stream<Arguments> onlyOnce() {
        VaultRequest login = VaultRequest.post("auth/approle/login", Map.of("role_id", "r", "secret_id", "s"));
        VaultRequest unwrap = VaultRequest.post("sys/wrapping/unwrap", Map.of()).token(TOKEN);
        VaultRequest mint = VaultRequest.get("database/creds/app").token(TOKEN).once();
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(login, unwrap, mint).map(request -> Arguments.of(way, request)));
    }

    private static TransportException failure(VaultTransport transport, URI address, VaultRequest request) {
        return catchThrowableOfType(TransportException.class, () -> transport.send(address, request, Way.soon()));
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F4 a reset at any byte of the answer is a broken connection, never half an answer")
    void endsAtReset(Way way) throws Exception {
        for (int sent = 0; sent < ANSWER.length(); sent += 6) {
            String part = ANSWER.substring(0, sent);
            try (FakeVault server = way.server((request, connection) -> {
                        connection.write(part);
                        connection.reset();
                    });
                    VaultTransport transport = way.transport()) {

                TransportException thrown = failure(transport, server.address(), READ);

                if (thrown != null) { // else the driver makes an empty answer of it, which the client refuses
                    assertThat(thrown.stage()).isEqualTo(TransportException.Stage.SENT);
                    assertThat(thrown.problem()).isEqualTo("broke the connection off");
                }
                assertThat(server.requests()).isBetween(1, 2);
            }
        }
    }

    @ParameterizedTest(name = "{displayName} [{0} {1}]")
    @MethodSource("onlyOnce")
    @DisplayName("F4 what must not be done twice is sent once when the connection breaks before an answer")
    void isSentOnce(Way way, VaultRequest request) {
        try (FakeVault server = way.server((heard, connection) -> connection.close());
                VaultTransport transport = way.transport()) {

            assertThat(failure(transport, server.address(), request).stage()).isEqualTo(TransportException.Stage.SENT);

            assertThat(server.requests()).isOne();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F12 a read over a connection that died while idle is repeated once, and nobody notices")
    void repeatsReads(Way way) throws Exception {
        try (FakeVault server = way.server((heard, connection) -> connection.json(200, "{}"));
                VaultTransport transport = way.transport()) {
            assertThat(transport.send(server.address(), READ, Way.soon()).status())
                    .isEqualTo(200);
            server.now(diesOnce());

            assertThat(transport.send(server.address(), READ, Way.soon()).status())
                    .isEqualTo(200);

            assertThat(server.requests()).isEqualTo(3);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest(name = "{displayName} [{0} {1}]")
    @MethodSource("onlyOnce")
    @DisplayName("F12 what must not be done twice is sent once over a connection that died while idle")
    void isNotRepeated(Way way, VaultRequest request) throws Exception {
        try (FakeVault server = way.server((heard, connection) -> connection.json(200, "{}"));
                VaultTransport transport = way.transport()) {
            transport.send(server.address(), READ, Way.soon());
            server.now(diesOnce());

            TransportException thrown = failure(transport, server.address(), request);

            assertThat(server.requests()).isEqualTo(2);
            if (server.connections() == 1) {
                assertThat(thrown.stage()).isEqualTo(TransportException.Stage.SENT);
            }
        }
    }

    /** Takes the first request and closes without a word; answers those that follow. */
    private static FakeVault.Script diesOnce() {
        var died = new AtomicBoolean();
        return (request, connection) -> {
            if (died.compareAndSet(false, true)) {
                connection.close();
            } else {
                connection.json(200, "{}");
            }
        };
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F1 a server that is not there refuses the connection, and was not asked")
    void findsNobody(Way way) throws Exception {
        URI address;
        try (ServerSocket unused = new ServerSocket(0)) {
            address = URI.create((way == Way.HTTP ? "http" : "https") + "://localhost:" + unused.getLocalPort());
        }
        try (VaultTransport transport = way.transport()) {
            for (VaultRequest request : new VaultRequest[] {READ, VaultRequest.post("auth/x/login", Map.of())}) {
                TransportException thrown = failure(transport, address, request);

                assertThat(thrown.problem()).isEqualTo("refused the connection");
                assertThat(thrown.stage()).isEqualTo(TransportException.Stage.UNSENT);
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F11 a host name that is not known is named as such")
    void doesNotKnowTheHost(Way way) {
        try (VaultTransport transport = way.transport()) {
            TransportException thrown = failure(transport, URI.create("https://vault.invalid:8200"), READ);

            assertThat(thrown.problem()).isEqualTo("has a host name that is not known");
            assertThat(thrown.stage()).isEqualTo(TransportException.Stage.UNSENT);
        }
    }
}
