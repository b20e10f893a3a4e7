package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ConnectionsTest {
    private static final SecretValue TOKEN = SecretValue.of("not-a-real-token");
    private static final VaultRequest READ = VaultRequest.get("secret/data/app").token(TOKEN);
    private static final int MOST = 8;
    private static final String LOGGED_IN =
            "{\"auth\":{\"client_token\":\"another-token\",\"lease_duration\":0,\"renewable\":false}}";

    /** Waits for what happens soon, without a hurry; collects garbage, which ends clients of JDK 17. */
    private static boolean soon(BooleanSupplier condition) {
        long end = Way.in(Duration.ofSeconds(10));
        while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
            System.gc();
            LockSupport.parkNanos(20_000_000);
        }
        return condition.getAsBoolean();
    }

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    private static VaultAuth appRole() {
        return VaultAuth.appRole("role", SecretValue.of("not-a-real-secret-id"));
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F40 twenty requests take one connection, refusals and odd paths included")
    void usesConnectionsAgain(Way way) throws Exception {
        Routes routes =
                new Routes().on("GET secret/data/app", 200, "{}").on("GET denied", 403, "{\"errors\":[\"no\"]}");
        try (FakeVault server = way.server(routes);
                VaultTransport transport = way.transport()) {
            for (int round = 0; round < 5; round++) {
                transport.send(server.address(), READ, Way.soon());
                transport.send(server.address(), VaultRequest.get("denied"), Way.soon());
                transport.send(server.address(), VaultRequest.get("missing/a b"), Way.soon());
                transport.send(server.address(), VaultRequest.post("login", Map.of("a", "b")), Way.soon());
            }

            assertThat(server.requests()).isEqualTo(20);
            assertThat(server.connections()).isOne();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTP", "HTTPS"})
    @DisplayName("F40 thirty-two callers of as many secrets take eight connections, and one for the login")
    void takesFewConnections(Way way) {
        Routes routes = new Routes().on("POST auth/approle/login", 200, LOGGED_IN);
        IntStream.range(0, 32).forEach(at -> routes.secret("app" + at, "password", "value" + at));
        var callers = Executors.newFixedThreadPool(32);
        try (FakeVault server = way.server((request, connection) -> {
                    LockSupport.parkNanos(10_000_000); // so that calls meet
                    connection.reply(routes.answer(request));
                });
                Secrets secrets = Secrets.builder()
                        .source("vault", Way.source(server).auth(appRole()).build())
                        .build()) {
            var reads = IntStream.range(0, 32)
                    .mapToObj(at -> CompletableFuture.supplyAsync(
                            () -> secrets.get("vault:secret/app" + at + "#password")
                                    .reveal(),
                            callers))
                    .toList();

            for (int at = 0; at < 32; at++) {
                assertThat(reads.get(at).join()).isEqualTo("value" + at);
            }
            assertThat(routes.count("POST auth/approle/login")).isOne();
            assertThat(server.connections()).isBetween(2, MOST + 1);
        } finally {
            callers.shutdownNow();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTP", "HTTPS"})
    @DisplayName("F49 F50 close() closes all connections and leaves no thread")
    void leavesNothing(Way way) {
        Routes routes = new Routes()
                .on("POST auth/approle/login", 200, LOGGED_IN)
                .on("POST auth/token/revoke-self", asked -> Routes.reply(204, ""))
                .secret("app", "password", "first");
        try (FakeVault server = way.server(routes)) {
            Set<Thread> before = threads();
            try (Secrets secrets = Secrets.builder()
                    .source("vault", Way.source(server).auth(appRole()).build())
                    .build()) {
                secrets.get("vault:secret/app#password");
                assertThat(server.openConnections()).isPositive();
            }

            assertThat(routes.count("POST auth/token/revoke-self")).isOne();
            assertThat(soon(() -> server.openConnections() == 0))
                    .as("connections are closed")
                    .isTrue();
            assertThat(soon(() -> left(before).isEmpty()))
                    .as("left: %s", left(before))
                    .isTrue();
        }
    }

    /** Threads that were made since and are of the library, of its HTTP client or of nobody known. */
    private static Set<Thread> left(Set<Thread> before) {
        Set<Thread> now = threads();
        now.removeAll(before);
        now.removeIf(thread -> thread.getName().startsWith("fake-vault-")
                || thread.getName().startsWith("Keep-Alive-Timer") // the JDK's own, one for all; they end when idle
                || thread.getName().startsWith("ForkJoinPool.commonPool"));
        return now;
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F49 close() ends requests that are under way")
    void endsRequests(Way way) throws Exception {
        var arrived = new CountDownLatch(1);
        try (FakeVault server = way.server((request, connection) -> {
            arrived.countDown();
            connection.hang();
        })) {
            VaultTransport transport = way.transport();
            var sending = CompletableFuture.supplyAsync(() -> {
                try {
                    return "status "
                            + transport
                                    .send(server.address(), READ, Way.in(Duration.ofSeconds(30)))
                                    .status();
                } catch (TransportException e) {
                    return e.problem();
                }
            });
            arrived.await();
            long begin = System.nanoTime();

            transport.close();

            assertThat(sending.join()).isEqualTo("broke the connection off");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F49 after close() nothing is sent any more")
    void sendsNothingAfterClose(Way way) {
        try (FakeVault server = way.server((request, connection) -> connection.json(200, "{}"))) {
            VaultTransport transport = way.transport();
            transport.close();

            assertThatThrownBy(() -> transport.send(server.address(), READ, Way.soon()))
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            thrown -> assertThat(thrown.stage()).isEqualTo(TransportException.Stage.UNSENT));

            assertThat(server.requests()).isZero();
        }
    }

    @Test
    @DisplayName("F49 F15 connections of TLS settings that were replaced are closed while others are in use")
    void closesReplacedOnes() throws Exception {
        var settings = new AtomicReference<>(Way.AUTHORITY.trusting());
        var arrived = new CountDownLatch(1);
        try (FakeVault server = Way.HTTPS.server((request, connection) -> connection.json(200, "{}"));
                VaultTransport transport = new JdkTransport(settings::get, System::nanoTime)) {
            transport.send(server.address(), READ, Way.soon());
            settings.set(Way.AUTHORITY.trusting());
            server.now((request, connection) -> {
                arrived.countDown();
                connection.hang();
            });

            var slow = CompletableFuture.supplyAsync(
                    () -> catchThrowable(() -> transport.send(server.address(), READ, Way.in(Duration.ofSeconds(30)))));
            arrived.await();

            assertThat(soon(() -> server.openConnections() == 1)).isTrue();
            assertThat(slow).isNotDone();
        }
    }

    @Test
    @DisplayName("F49 a client of the JDK is open until the last request that holds it has let go")
    void staysOpen() throws Exception {
        try (FakeVault server = Way.HTTP.server((request, connection) -> connection.json(200, "{}"))) {
            var own = new OwnHttpClient(HttpClient.newBuilder());
            HttpRequest request = HttpRequest.newBuilder(server.address()).build();
            assertThat(own.hold()).isTrue();

            own.release();
            assertThat(own.client()
                            .sendAsync(request, BodyHandlers.ofString())
                            .get(10, TimeUnit.SECONDS)
                            .statusCode())
                    .isEqualTo(200);
            own.release();

            assertThat(own.hold()).isFalse();
            assertThat(soon(() -> server.openConnections() == 0)).isTrue();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTP", "HTTPS"})
    @DisplayName("F50 the client's threads hold nothing of whoever makes the first request")
    void inheritsNothing(Way way) throws Exception {
        Set<String> inheriting = ConcurrentHashMap.newKeySet();
        var ofCaller = new InheritableThreadLocal<String>() {
            @Override
            protected String childValue(String value) {
                inheriting.add(value);
                return value;
            }
        };
        Thread caller = Thread.currentThread();
        ClassLoader before = caller.getContextClassLoader();
        try (FakeVault server = way.server((request, connection) -> connection.json(200, "{}"));
                VaultTransport transport = way.transport();
                var application = new URLClassLoader(new URL[0], before)) {
            transport.send(server.address(), VaultRequest.get("warm-up"), Way.soon());
            Set<Thread> others = threads();
            caller.setContextClassLoader(application);
            ofCaller.set("of the caller");
            try (VaultTransport another = way.transport()) {
                another.send(server.address(), READ, Way.soon());

                Set<Thread> made = left(others);
                assertThat(made).extracting(Thread::getName).anyMatch(name -> name.endsWith("-SelectorManager"));
                assertThat(made).allMatch(Thread::isDaemon);
                assertThat(made).extracting(Thread::getContextClassLoader).containsOnly(before);
                assertThat(inheriting).isEmpty();
            }
        } finally {
            caller.setContextClassLoader(before);
            ofCaller.remove();
        }
    }
}
