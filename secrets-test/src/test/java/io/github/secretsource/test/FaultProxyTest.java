package io.github.secretsource.test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class FaultProxyTest {
    private static final byte[] HELLO = "hello".getBytes(US_ASCII);

    private EchoServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = EchoServer.start();
        proxy = FaultProxy.before(server.address());
    }

    @AfterEach
    void end() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void passesBytesBothWaysAndCounts() throws IOException {
        try (var client = connect()) {
            assertArrayEquals(HELLO, ask(client));
            assertArrayEquals(HELLO, ask(client));
        }

        assertEquals(1, proxy.connections());
        assertEquals(10, proxy.bytesFromTarget());
    }

    @Test
    void passesAnOrderlyEndOn() throws IOException {
        try (var client = connect()) {
            send(client);
            client.shutdownOutput();

            assertArrayEquals(HELLO, client.getInputStream().readAllBytes());
        }
    }

    @Test
    void delaysEachChunk() throws IOException {
        proxy.delay(Duration.ofMillis(100));

        assertTwoAnswersTake(Duration.ofMillis(200));
    }

    @Test
    void dripsOneByteAtATime() throws IOException {
        proxy.drip(Duration.ofMillis(40));

        assertTwoAnswersTake(Duration.ofMillis(400));
    }

    @Test
    void letsTheRestGoWhenADripEnds() throws IOException {
        proxy.drip(Duration.ofHours(1));
        try (var client = connect()) {
            send(client);
            await(() -> proxy.bytesFromTarget() == 5);

            proxy.pass();

            assertArrayEquals(HELLO, client.getInputStream().readNBytes(5));
        }
    }

    @Test
    void answersNothingInAHoleAndGoesOnAfterIt() throws IOException {
        proxy.hole();
        try (var client = connect()) {
            client.setSoTimeout(200);

            assertThrows(SocketTimeoutException.class, () -> ask(client));
            assertEquals(1, proxy.connections());
            assertEquals(0, server.connections());

            proxy.pass();
            client.setSoTimeout(10_000);
            assertArrayEquals(HELLO, client.getInputStream().readNBytes(5));
        }
    }

    @Test
    void swallowsAConnectionThatWasOpenBeforeTheHole() throws IOException {
        try (var client = connect()) {
            ask(client);
            client.setSoTimeout(200);

            proxy.hole();

            assertThrows(SocketTimeoutException.class, () -> ask(client));
            assertEquals(5, server.received());
        }
    }

    @Test
    void refusesAndListensOnTheSamePortAgain() throws IOException {
        for (int round = 0; round < 20; round++) {
            proxy.refuse();
            for (int attempt = 0; attempt < 20; attempt++) {
                assertThrows(ConnectException.class, this::connect);
            }

            proxy.pass();
            try (var client = connect()) {
                assertArrayEquals(HELLO, ask(client));
            }
        }
        assertEquals(20, proxy.connections());
    }

    @Test
    void endsOpenConnectionsWhenItRefuses() throws IOException {
        try (var client = connect()) {
            ask(client);

            proxy.refuse();

            assertEquals(-1, client.getInputStream().read());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void resetsAfterSoManyBytes(int bytes) throws IOException {
        proxy.resetAfter(bytes);
        try (var client = connect()) {
            send(client);

            assertEquals(bytes, client.getInputStream().readNBytes(bytes).length);
            var answer = client.getInputStream();
            var reset = assertThrows(SocketException.class, answer::read);
            assertEquals("Connection reset", reset.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void cutsAfterSoManyBytes(int bytes) throws IOException {
        proxy.cutAfter(bytes);
        try (var client = connect()) {
            send(client);

            assertEquals(bytes, client.getInputStream().readAllBytes().length);
        }
    }

    @Test
    void countsALimitFromWhenItWasSet() throws IOException {
        try (var client = connect()) {
            ask(client);

            proxy.cutAfter(7);

            assertArrayEquals(HELLO, ask(client));
            send(client);
            assertEquals(2, client.getInputStream().readAllBytes().length);
        }
    }

    @Test
    void takesRequestsAfterItHalfClosed() throws IOException {
        proxy.halfClose();
        try (var client = connect()) {
            send(client);

            assertEquals(-1, client.getInputStream().read());
            send(client);
            send(client);
            await(() -> server.received() == 15);
        }
    }

    @Test
    void resetsItsClientWhenTheTargetIsDown() throws IOException {
        server.close();
        try (var client = connect()) {
            assertThrows(SocketException.class, () -> client.getInputStream().read());
        }
    }

    @Test
    void closesWithinASecondAndLeavesNoThread() throws IOException {
        proxy.drip(Duration.ofHours(1));
        var clients = new ArrayList<Socket>();
        for (int i = 0; i < 5; i++) {
            clients.add(connect());
            send(clients.get(i));
        }
        await(() -> proxy.bytesFromTarget() == 25);
        proxy.hole();
        clients.add(connect());

        assertTimeoutPreemptively(Duration.ofSeconds(1), proxy::close);

        assertEquals(0, proxyThreads());
        for (var client : clients) {
            client.close();
        }
    }

    @Test
    void keepsNoThreadsOfConnectionsThatEnded() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (var client = connect()) {
                ask(client);
            }
        }

        await(() -> proxyThreads() == 1);
    }

    @Test
    void refusesAnotherModeOnceClosed() {
        proxy.close();

        assertThrows(IllegalStateException.class, proxy::pass);
        assertThrows(IllegalStateException.class, proxy::refuse);
    }

    @Test
    void refusesModesThatMakeNoSense() {
        assertEquals("delay must be positive: PT0S", refusalOf(() -> proxy.delay(Duration.ZERO)));
        assertEquals("drip must be positive: PT-1S", refusalOf(() -> proxy.drip(Duration.ofSeconds(-1))));
        assertEquals("bytes must not be negative: -1", refusalOf(() -> proxy.cutAfter(-1)));
    }

    private static String refusalOf(Executable mode) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, mode).getMessage());
    }

    private Socket connect() throws IOException {
        var client = new Socket(proxy.address().getAddress(), proxy.address().getPort());
        client.setSoTimeout(10_000);
        client.setTcpNoDelay(true);
        return client;
    }

    private static void send(Socket client) throws IOException {
        client.getOutputStream().write(HELLO);
    }

    private static byte[] ask(Socket client) throws IOException {
        send(client);
        return client.getInputStream().readNBytes(HELLO.length);
    }

    private void assertTwoAnswersTake(Duration atLeast) throws IOException {
        try (var client = connect()) {
            long start = System.nanoTime();
            ask(client);
            ask(client);
            var took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.compareTo(atLeast) >= 0, "took " + took);
        }
    }

    private static long proxyThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("fault-proxy-"))
                .count();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not within 10 s");
            LockSupport.parkNanos(1_000_000);
        }
    }
}
