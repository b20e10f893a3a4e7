package io.github.secretsource.vault;

import static io.github.secretsource.vault.TransportException.Stage.SENT;
import static io.github.secretsource.vault.TransportException.Stage.UNSENT;
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

    private static final int ROUNDS = 5;

    /** How a call ended, and how long after its deadline. */
    private record Late(TransportException thrown, Duration by) {
        static Late call(VaultTransport transport, URI address, VaultRequest request, Duration limit) {
            long begin = System.nanoTime();
            var thrown = catchThrowableOfType(
                    TransportException.class, () -> transport.send(address, request, begin + limit.toNanos()));
            Duration by = Served.since(begin).minus(limit);
            assertThat(thrown).as("no answer").isNotNull();
            return new Late(thrown, by);
        }

        boolean wasSentAndGivenUpInTime() {
            return thrown.stage() == SENT && by.compareTo(SLACK) < 0;
        }
    }

    /** The best of a few rounds counts; each leaves more time to connect. */
    private static void assertLate(VaultTransport transport, URI address, VaultRequest request) {
        Late late = Late.call(transport, address, request, LIMIT);
        for (int round = 2; round <= ROUNDS && !late.wasSentAndGivenUpInTime(); round++) {
            late = Late.call(transport, address, request, LIMIT.multipliedBy(round));
        }
        assertThat(late.by()).isLessThan(SLACK);
        assertThat(late.thrown().problem()).isEqualTo("did not answer in time");
        assertThat(late.thrown().stage()).isEqualTo(SENT);
    }

    private static void assertLate(Way way, FakeVault.Script script) {
        try (FakeVault server = way.server(script);
                VaultTransport transport = way.transport()) {
            for (VaultRequest request : List.of(READ, LOGIN)) {
                assertLate(transport, server.address(), request);
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
            assertLate(transport, server.address(), READ);
            int before = server.connections();
            server.now((request, connection) -> connection.json(200, "{}"));

            assertThat(transport.send(server.address(), READ, Way.soon()).status())
                    .isEqualTo(200);
            assertThat(server.connections()).isEqualTo(before + 1);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F3 a server that takes the connection and never begins TLS is given up at the deadline")
    void givesUpHandshake(Way way) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                VaultTransport transport = way.transport()) {
            for (VaultRequest request : List.of(READ, LOGIN)) {
                var address = URI.create("https://localhost:" + silent.getLocalPort());
                assertThat(Rounds.shortest(
                                SLACK,
                                () -> Late.call(transport, address, request, LIMIT)
                                        .by()))
                        .isLessThan(SLACK);
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F5 a server that takes no connection is given up in time, as one that was never asked")
    void givesUpConnecting(Way way) throws Exception {
        var waiting = new ArrayList<Socket>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                VaultTransport transport = way.transport()) {
            fill(full, waiting);
            var address = URI.create((way == Way.HTTP ? "http" : "https") + "://127.0.0.1:" + full.getLocalPort());
            var bound = Duration.ofSeconds(3);

            Duration shortest = Rounds.shortest(bound, () -> {
                long begin = System.nanoTime();
                var thrown = catchThrowableOfType(
                        TransportException.class, () -> transport.send(address, LOGIN, Way.in(Duration.ofSeconds(9))));
                Duration took = Served.since(begin);
                assertThat(thrown.stage()).isEqualTo(UNSENT);
                assertThat(thrown.problem()).isEqualTo("did not take the connection in time");
                return took;
            });

            assertThat(shortest).isLessThan(bound);
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
