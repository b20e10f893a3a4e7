package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FailOverTest {
    private static final SecretValue TOKEN = SecretValue.of("not-a-real-token");
    private static final VaultRequest READ = VaultRequest.get("secret/data/app").token(TOKEN);
    private static final VaultRequest LOGIN = VaultRequest.post("auth/approle/login", Map.of("role_id", "r"));

    private static FakeVault good(Way way) {
        return way.server((request, connection) -> connection.json(200, "{}"));
    }

    private static int status(VaultClient client, VaultRequest request) throws Refusal {
        return client.send(request, Way.soon()).status();
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName(
            "F1 of several servers the next one is asked when the first is not there, and stays the first to be asked")
    void leavesDeadServer(Way way) throws Exception {
        FakeVault dead = good(way);
        dead.close();
        try (FakeVault other = good(way);
                VaultClient client = way.client(dead, other)) {

            assertThat(status(client, LOGIN)).isEqualTo(200);
            assertThat(status(client, READ)).isEqualTo(200);
            assertThat(other.requests()).isEqualTo(2);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName(
            "F8 of several servers the next one is asked when one is sealed or lags behind, and stays the first to be asked")
    void leavesSealedServer(Way way) throws Exception {
        for (int trouble : new int[] {503, 412}) { // or behind the others
            try (FakeVault sealed = way.server((request, connection) -> connection.json(trouble, "{\"errors\":[]}"));
                    FakeVault other = good(way);
                    VaultClient client = way.client(sealed, other)) {

                assertThat(status(client, LOGIN)).as("login at " + trouble).isEqualTo(200);
                assertThat(status(client, READ)).isEqualTo(200);
                assertThat(status(client, READ)).isEqualTo(200);

                assertThat(sealed.requests()).isOne();
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F8 of several servers the next one is asked to read when one is in trouble of its own")
    void leavesServerInTrouble(Way way) throws Exception {
        try (FakeVault broken = way.server((request, connection) -> connection.json(500, "{\"errors\":[]}"));
                FakeVault other = good(way);
                VaultClient client = way.client(broken, other)) {

            assertThat(status(client, READ)).isEqualTo(200);
            assertThat(status(client, READ)).isEqualTo(200);

            assertThat(broken.requests()).isOne();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B19 a standby that redirects is left for the next server, which gets the login, once")
    void leavesRedirectingStandby(Way way) throws Exception {
        try (FakeVault active = good(way);
                FakeVault standby = way.server(
                        (request, connection) -> connection.redirect(307, active.address() + request.path()));
                VaultClient client = way.client(standby, active)) {

            assertThat(status(client, LOGIN)).isEqualTo(200);
            assertThat(status(client, READ)).isEqualTo(200);

            assertThat(active.requests()).isEqualTo(2);
            assertThat(standby.requests()).isOne();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F3 a server that hangs takes the time of one call; the next call asks the next server")
    void leavesHangingServer(Way way) throws Exception {
        try (FakeVault hanging = way.server((request, connection) -> connection.hang());
                FakeVault other = good(way);
                VaultClient client = way.client(hanging, other)) {

            assertThatThrownBy(() -> client.send(LOGIN, Way.in(Duration.ofSeconds(2))))
                    .isInstanceOf(Refusal.class);

            assertThat(status(client, LOGIN)).isEqualTo(200);
            assertThat(status(client, READ)).isEqualTo(200);
            assertThat(hanging.requests()).isOne();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F4 what must not be done twice is not sent to the next server when the first one may have done it")
    void isNotSentToTwoServers(Way way) {
        try (FakeVault breaking = way.server((request, connection) -> connection.close());
                FakeVault other = good(way);
                VaultClient client = way.client(breaking, other)) {

            assertThatThrownBy(() -> client.send(LOGIN, Way.soon())).isInstanceOf(Refusal.class);
            assertThatThrownBy(() -> way.client(breaking, other).send(READ.once(), Way.soon()))
                    .isInstanceOf(Refusal.class);

            assertThat(other.requests()).isZero();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F8 what must not be done twice is not sent to the next server after an error that may have come late")
    void mintIsNotSentToTwoServers(Way way) {
        for (int trouble : new int[] {500, 502, 504}) {
            try (FakeVault late = way.server((request, connection) -> connection.json(trouble, "{\"errors\":[]}"));
                    FakeVault other = good(way);
                    VaultClient client = way.client(late, other)) {

                assertThatThrownBy(() -> client.send(READ.once(), Way.soon())).isInstanceOf(Refusal.class);

                assertThat(other.requests()).isZero();
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F25 a denial and a missing secret are answers: no other server is asked")
    void takesAnswers(Way way) throws Exception {
        for (int answer : new int[] {400, 403, 404, 405}) {
            try (FakeVault first = way.server((request, connection) -> connection.json(answer, "{\"errors\":[]}"));
                    FakeVault other = good(way);
                    VaultClient client = way.client(first, other)) {

                assertThat(status(client, READ)).isEqualTo(answer);

                assertThat(other.requests()).isZero();
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F7 a server that is too busy speaks for its cluster: no other server is asked")
    void doesNotSpreadLoad(Way way) {
        try (FakeVault busy = way.server((request, connection) -> connection.json(429, "{\"errors\":[]}"));
                FakeVault other = good(way);
                VaultClient client = way.client(busy, other)) {

            assertThatThrownBy(() -> client.send(READ, Way.soon())).isInstanceOf(Refusal.class);

            assertThat(other.requests()).isZero();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F9 of several servers the next one is asked to read when something else answers in place of one")
    void leavesPages(Way way) throws Exception {
        for (int answer : new int[] {200, 400, 401, 403, 404}) {
            try (FakeVault ingress = way.server((request, connection) -> connection.json(answer, "<html>no</html>"));
                    FakeVault other = good(way);
                    VaultClient client = way.client(ingress, other)) {

                assertThat(status(client, READ)).as("after " + answer).isEqualTo(200);
                assertThat(status(client, READ)).isEqualTo(200);

                assertThat(ingress.requests()).isOne();
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F9 what must not be done twice is not sent on when something else answers, but next time")
    void mintLeavesPages(Way way) throws Exception {
        try (FakeVault ingress = way.server((request, connection) -> connection.json(404, "<html>no</html>"));
                FakeVault other = good(way);
                VaultClient client = way.client(ingress, other)) {

            assertThatThrownBy(() -> client.send(READ.once(), Way.soon())).isInstanceOf(Refusal.class);
            assertThat(other.requests()).isZero();

            assertThat(status(client, READ.once())).isEqualTo(200);
            assertThat(ingress.requests()).isOne();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F8 where all servers lag behind, all secrets wait for a second")
    void waitsForAll(Way way) {
        FakeVault.Script behind = (request, connection) -> connection.json(412, "{}");
        try (FakeVault one = way.server(behind);
                FakeVault other = way.server(behind);
                VaultClient client = way.client(one, other)) {
            var refusal = catchThrowableOfType(Refusal.class, () -> client.send(READ, Way.soon()));

            var outage = (SecretUnavailableException) refusal.about(SecretId.of("vault", "secret/app"));
            assertThat(outage.retryAfter()).isEqualTo(Optional.of(Duration.ofSeconds(1)));
            assertThat(one.requests() + other.requests()).isEqualTo(2);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F3 what nobody waits for any more is not sent, and no server is left for that")
    void sendsNothingTooLate(Way way) throws Exception {
        try (FakeVault first = good(way);
                FakeVault other = good(way);
                VaultClient client = way.client(first, other)) {
            for (VaultRequest request : new VaultRequest[] {READ, READ.once(), LOGIN}) {
                assertThatThrownBy(() -> client.send(request, Way.in(Duration.ZERO)))
                        .isInstanceOf(Refusal.class)
                        .hasMessage("was not asked for: no time was left");
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> client.send(request, Way.soon()))
                        .isInstanceOf(Refusal.class)
                        .hasMessage("was not asked for: the thread was interrupted");
                assertThat(Thread.interrupted()).as("still interrupted").isTrue();
            }
            assertThat(first.connections() + other.connections()).isZero();

            assertThat(status(client, READ)).isEqualTo(200);
            assertThat(first.requests()).isOne();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTP", "HTTPS"})
    @DisplayName("F3 a call that the engine gives up by an interrupt leaves its server: the next asks another")
    void leavesWhatWasGivenUp(Way way) throws Exception {
        var arrived = new CountDownLatch(1);
        try (FakeVault first = way.server((request, connection) -> {
                    arrived.countDown();
                    connection.hang();
                });
                FakeVault other = good(way);
                VaultClient client = way.client(first, other)) {
            var interrupted = new CompletableFuture<Refusal>();
            var caller = new Thread(() ->
                    interrupted.complete(catchThrowableOfType(Refusal.class, () -> client.send(READ, Way.soon()))));
            caller.start();
            arrived.await();

            caller.interrupt();

            assertThat(interrupted.get(10, TimeUnit.SECONDS)).hasMessageContaining("was not waited for");
            assertThat(status(client, READ)).isEqualTo(200);
            assertThat(first.requests()).isOne();
            assertThat(other.requests()).isOne();
        }
    }
}
