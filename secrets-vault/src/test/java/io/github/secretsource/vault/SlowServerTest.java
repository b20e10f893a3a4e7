package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretValue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SlowServerTest {
    private static final VaultRequest READ =
            VaultRequest.get("secret/data/app").token(SecretValue.of("not-a-real-token"));
    private static final VaultRequest LOGIN = VaultRequest.post("auth/approle/login", Map.of());
    private static final Duration LIMIT = Duration.ofMillis(700);

    /** For a machine that is busy; without the guards the drips below take minutes. */
    private static final Duration SLACK = Duration.ofMillis(400);

    private static TransportException late(VaultTransport transport, URI address, VaultRequest request) {
        long begin = System.nanoTime();
        var thrown = catchThrowableOfType(
                TransportException.class, () -> transport.send(address, request, begin + LIMIT.toNanos()));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LIMIT.plus(SLACK));
        assertThat(thrown).as("no answer").isNotNull();
        return thrown;
    }

    private static void assertLate(Way way, FakeVault.Script script) {
        try (FakeVault server = way.server(script);
                VaultTransport transport = way.transport()) {
            for (VaultRequest request : List.of(READ, LOGIN)) {
                TransportException thrown = late(transport, server.address(), request);

                assertThat(thrown.problem()).isEqualTo("did not answer in time");
                assertThat(thrown.stage()).isEqualTo(TransportException.Stage.SENT);
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F3 a server that says nothing is given up at the deadline")
    void givesUpSilence(Way way) {
        assertLate(way, (request, connection) -> connection.hang());
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F6 headers that drip are given up at the deadline of the whole call")
    void givesUpDrippingHeaders(Way way) {
        assertLate(way, (request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\n");
            connection.drip("X-Drip: " + "x".repeat(10_000), Duration.ofMillis(50));
        });
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F6 a body that drips is given up at the deadline of the whole call")
    void givesUpDrippingBodies(Way way) {
        assertLate(way, (request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n");
            connection.drip("{\"data\":" + " ".repeat(10_000), Duration.ofMillis(50));
        });
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F6 a refusal whose body drips is given up, and is no refusal")
    void givesUpDrippingRefusals(Way way) {
        assertLate(way, (request, connection) -> {
            connection.write("HTTP/1.1 404 No\r\nContent-Length: 10000\r\n\r\n");
            connection.drip("{\"errors\":[]}" + " ".repeat(10_000), Duration.ofMillis(50));
        });
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F10 a body that never reaches its announced length is given up at the deadline")
    void givesUpWaitingForTheRest(Way way) {
        assertLate(way, (request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":{}}");
            connection.hang();
        });
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F3 a server whose answer came late is asked over a new connection next time")
    void leavesConnectionBehind(Way way) throws Exception {
        try (FakeVault server = way.server((request, connection) -> connection.hang());
                VaultTransport transport = way.transport()) {
            late(transport, server.address(), READ);
            server.now((request, connection) -> connection.json(200, "{}"));

            assertThat(transport.send(server.address(), READ, Way.soon()).status())
                    .isEqualTo(200);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F3 a server that takes the connection and never begins TLS is given up at the deadline")
    void givesUpHandshake(Way way) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                VaultTransport transport = way.transport()) {
            for (VaultRequest request : List.of(READ, LOGIN)) {
                late(transport, URI.create("https://localhost:" + silent.getLocalPort()), request);
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F5 a server that takes no connection is given up in time, as one that was never asked")
    void givesUpConnecting(Way way) throws IOException {
        var waiting = new ArrayList<Socket>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                VaultTransport transport = way.transport()) {
            fill(full, waiting);
            var address = URI.create((way == Way.HTTP ? "http" : "https") + "://127.0.0.1:" + full.getLocalPort());
            long begin = System.nanoTime();

            var thrown = catchThrowableOfType(
                    TransportException.class, () -> transport.send(address, LOGIN, Way.in(Duration.ofSeconds(9))));

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
            assertThat(thrown.stage()).isEqualTo(TransportException.Stage.UNSENT);
            assertThat(thrown.problem()).isEqualTo("did not take the connection in time");
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static void fill(ServerSocket server, List<Socket> waiting) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
        for (int more = 0; more < 10; more++) {
            var socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(address, 200);
            } catch (SocketTimeoutException e) {
                return; // the queue is full
            }
        }
    }
}
