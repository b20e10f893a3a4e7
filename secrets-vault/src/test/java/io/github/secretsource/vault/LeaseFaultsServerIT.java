package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretEvent;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.servers.openbao.Token;
import io.github.secretsource.servers.postgres.Postgres;
import io.github.secretsource.test.FaultProxy;
import io.github.secretsource.view.UsernamePassword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.ThrowingSupplier;

/** What can go wrong with leases on real servers: renewals, answers, the lease itself and the database. */
@WithServers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaseFaultsServerIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration MINT_GAP = Duration.ofSeconds(10);
    private static final Duration LAG = Duration.ofMillis(100);

    /** A lease of 6 s, which is replaced 2 s before it ends, bears this much of a stall. */
    private static final Duration SLACK = Duration.ofMillis(250);

    private final OpenBao bao;
    private final DatabaseUsers users;

    LeaseFaultsServerIT(OpenBao bao, Postgres postgres) {
        this.bao = bao;
        this.users = new DatabaseUsers(bao, postgres);
    }

    @AfterAll
    void end() {
        users.close();
    }

    private static LiveSecret<UsernamePassword> follow(Secrets secrets, String path) {
        return secrets.live(DatabaseUsers.ref(path), UsernamePassword::from);
    }

    // ---- renewals --------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("F24 leases that no policy lets renew are replaced at two thirds, once each, after one refusal each")
    void leasesThatMayNotBeRenewedAreReplaced() {
        String path = users.role(Duration.ofSeconds(6), HOUR);
        Token token = users.bareToken(List.of(path), "revoke");
        long begun = System.nanoTime();
        Rotations rotations;

        try (Secrets secrets = users.secrets(token)) {
            LiveSecret<UsernamePassword> live = follow(secrets, path);
            rotations = Rotations.of(live, users::accepts);
            Rotations.during(
                    Duration.ofSeconds(14),
                    () -> assertThat(users.accepts(live.get())).isTrue());
        }

        int most = 1 + (int) Served.since(begun).dividedBy(Duration.ofSeconds(4));
        assertThat(users.mints(path)).hasSizeBetween(3, most);
        assertThat(rotations.told()).allMatch(Rotations.Told::inTime);
        int mints = users.mints(path).size();
        assertThat(users.renewals(token)).noneMatch(Request::isDone).hasSizeBetween(mints - 1, mints);
    }

    @Test
    @DisplayName("F5, F22 renewals whose answers are lost are tried again within the lease, and make no user")
    void lostAnswersOfRenewalsMakeNoUser() {
        String path = users.role(Duration.ofSeconds(15), HOUR);
        Token token = users.token(path);

        try (FaultProxy proxy = users.proxy();
                Secrets secrets = users.secrets(proxy, token)) {
            LiveSecret<UsernamePassword> live = follow(secrets, path);
            proxy.resetAfter(0);
            // The server counts an answer before it sends it: only who waits for it knows that it is lost.
            Deadline.await(
                    "a renewal was lost",
                    LIMIT,
                    () -> live.status().state() == State.STALE
                            && !users.renewals(token).isEmpty());
            proxy.pass();
            long begun = System.nanoTime();
            int lost = users.renewals(token).size();
            Deadline.await("one was answered", LIMIT, () -> live.status().state() == State.FRESH);
            Rotations.during(
                    Duration.ofSeconds(4),
                    () -> assertThat(users.accepts(live.get())).isTrue());

            assertThat(users.mints(path)).hasSize(1);
            int most = lost + 2 + (int) Served.since(begun).dividedBy(Duration.ofSeconds(10));
            assertThat(users.renewals(token)).hasSizeBetween(lost + 1, most);
        }
    }

    @Test
    @DisplayName(
            "F5, F22 a mint whose answer is lost leaves one user behind, who ends by itself; the next call is served")
    void aLostAnswerLeavesOneUserBehind() {
        String path = users.role(Duration.ofSeconds(8), HOUR);
        String known = users.role(HOUR, HOUR);
        Token token = users.token(List.of(known, path), "renew", "revoke");

        try (FaultProxy proxy = users.proxy();
                Secrets secrets = users.secrets(proxy, token)) {
            assertThat(secrets.secret(DatabaseUsers.ref(known)).fieldNames()).contains("password");
            proxy.resetAfter(0); // From here on each call mints: the token and the mount are known.
            LiveSecret<UsernamePassword> live = secrets.liveLater(DatabaseUsers.ref(path), UsernamePassword::from);
            // The server counts an answer before it sends it: only who waits for it knows that it is lost.
            Deadline.await(
                    "a mint was lost",
                    LIMIT,
                    () -> live.status().problem().isPresent()
                            && !users.mints(path).isEmpty());
            proxy.pass();
            Deadline.await("another was not", LIMIT, () -> refusal(live::get) == null);

            assertThat(users.mints(path)).hasSize(2);
            assertThat(users.users(path)).hasSize(2).contains(live.get().username());
            Deadline.await("the other has ended", LIMIT, () -> users.users(path).size() == 1);
            assertThat(users.users(path)).containsExactly(live.get().username());
            assertThat(users.mints(path)).hasSize(2);
        }
    }

    @Test
    @DisplayName("F5 while every answer of a mint is lost, each call makes one user and the back-off spaces the calls")
    void lostAnswersMakeNoMoreUsersThanTheBackOffAllows() {
        String known = users.role(HOUR, HOUR);
        String path = users.role(HOUR, HOUR);
        Token token = users.token(List.of(known, path), "renew", "revoke");
        var calls = new AtomicInteger();

        try (FaultProxy proxy = users.proxy();
                Secrets secrets = Secrets.builder()
                        .source("vault", users.source(proxy, token))
                        .listener(event -> count(event, path, calls))
                        .build()) {
            assertThat(secrets.secret(DatabaseUsers.ref(known)).fieldNames()).contains("password");
            proxy.resetAfter(0); // From here on each call mints: the token and the mount are known.
            long begun = System.nanoTime();
            LiveSecret<UsernamePassword> live = secrets.liveLater(DatabaseUsers.ref(path), UsernamePassword::from);
            Rotations.during(Duration.ofSeconds(10), () -> {});
            int before = calls.get();
            int lost = users.mints(path).size();
            assertThat(lost).isBetween(before, calls.get() + 1);
            // Three in quick succession show that the source is down, which is asked every 2.5 s at most.
            int most = 3 + (int) Served.since(begun).dividedBy(Duration.ofMillis(2_500));
            assertThat(lost).isBetween(3, most);

            proxy.pass();
            Deadline.await("there is one", Duration.ofSeconds(40), () -> refusal(live::get) == null);

            assertThat(users.accepts(live.get())).isTrue();
            assertThat(users.mints(path)).hasSizeBetween(lost + 1, lost + 2);
        } finally {
            users.admin().leases().revokeAll(path);
        }
    }

    private static void count(SecretEvent event, String path, AtomicInteger calls) {
        if (event instanceof SecretEvent.Fetched && event.id().path().equals(path)) {
            var unused = calls.incrementAndGet();
        }
    }

    // ---- the lease is lost ---------------------------------------------------------------------------------------

    @Test
    @DisplayName(
            "F22 a lease revoked out of band: 50 threads that say so share one new user, and no second for a while")
    void aRevokedLeaseIsReplacedWhenSomebodySaysSo() throws Exception {
        Rounds.calm(SLACK, users::ask, this::revokeAndSaySo);
    }

    private void revokeAndSaySo() throws Exception {
        String path = users.role(HOUR, HOUR);
        String dropped = users.role(HOUR, HOUR);
        Token token = users.token(List.of(path, dropped), "renew", "revoke");

        try (Secrets secrets = users.secrets(token)) {
            LiveSecret<UsernamePassword> live = follow(secrets, path);
            LiveSecret<UsernamePassword> other = follow(secrets, dropped);
            UsernamePassword first = live.get();
            UsernamePassword lost = other.get();
            Rotations.during(MINT_GAP, () -> assertThat(live.get()).isEqualTo(first));
            users.admin().leases().revoke(users.mints(path).get(0).leaseId());
            users.postgres().execute("postgres", "DROP ROLE \"" + lost.username() + "\"");
            assertThat(users.accepts(first)).isFalse();
            assertThat(users.accepts(lost)).isFalse();

            List<Optional<UsernamePassword>> newer = together(50, () -> live.rejected(first));
            // Five a second may say so of one source.
            Deadline.await(
                    "the other is replaced", LIMIT, () -> other.rejected(lost).isPresent());

            UsernamePassword second = newer.get(0).orElseThrow();
            assertThat(newer).allMatch(pair -> pair.equals(Optional.of(second)));
            assertThat(users.accepts(second)).isTrue();
            assertThat(users.accepts(other.get())).isTrue();
            assertThat(together(50, () -> live.rejected(second))).allMatch(Optional::isEmpty);
            assertThat(users.mints(path)).hasSize(2);
            assertThat(users.mints(dropped)).hasSize(2);
        }
    }

    @Test
    @DisplayName("F22 a lease revoked out of band, of which nobody says anything, is replaced at its renewal")
    void aRevokedLeaseIsReplacedAtItsRenewal() throws Exception {
        Rounds.calm(SLACK, users::ask, this::revokeAndSayNothing);
    }

    private void revokeAndSayNothing() {
        String path = users.role(Duration.ofSeconds(6), HOUR);
        Token token = users.token(path);

        try (Secrets secrets = users.secrets(token)) {
            LiveSecret<UsernamePassword> live = follow(secrets, path);
            UsernamePassword first = live.get();
            users.admin().leases().revoke(users.mints(path).get(0).leaseId());

            Deadline.await(
                    "another is there", Duration.ofSeconds(6), () -> !live.get().equals(first));

            assertThat(users.accepts(live.get())).isTrue();
            assertThat(users.mints(path)).hasSize(2);
            assertThat(users.renewals(token)).singleElement().matches(renewal -> !renewal.isDone());
        }
    }

    @Test
    @DisplayName("F22 50 threads that want a first value share one user")
    void coldReadersShareOneUser() throws Exception {
        String path = users.role(HOUR, HOUR);
        Token token = users.token(path);

        try (FaultProxy proxy = users.proxy();
                Secrets secrets = users.secrets(proxy, token)) {
            proxy.delay(Duration.ofMillis(200));
            List<UsernamePassword> pairs =
                    together(50, () -> UsernamePassword.from(secrets.secret(DatabaseUsers.ref(path))));

            assertThat(pairs).hasSize(50).allMatch(pairs.get(0)::equals);
            assertThat(users.mints(path)).hasSize(1);
        }
    }

    private static <T> List<T> together(int threads, Callable<T> task) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            var results = new ArrayList<T>();
            for (Future<T> result : pool.invokeAll(Collections.nCopies(threads, task))) {
                results.add(result.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    // ---- the database is down ------------------------------------------------------------------------------------

    @Test
    @DisplayName(
            "F22 while the database is down the lease is served to its end, then refused within 100 ms, then healed")
    void aLeaseIsServedToItsEndWhileTheDatabaseIsDown() throws Exception {
        try (Postgres own = Postgres.start();
                DatabaseUsers here = new DatabaseUsers(bao, own)) {
            assertThat(Rounds.shortest(LAG, () -> lagOfTheRefusal(own, here))).isLessThanOrEqualTo(LAG);
        }
    }

    /** How long after the end of the lease it is refused first. */
    private static Duration lagOfTheRefusal(Postgres own, DatabaseUsers here) {
        String path = here.role(Duration.ofSeconds(6), HOUR);
        try (Secrets secrets = here.secrets(here.token(path))) {
            LiveSecret<UsernamePassword> live = follow(secrets, path);
            UsernamePassword first = live.get();
            long before = System.nanoTime();
            long left = live.status().leaseLeft().orElseThrow().toNanos();
            long after = System.nanoTime();
            own.kill();

            long refusedAt = firstRefusal(live, first);

            assertThat(Duration.ofNanos(refusedAt - before - left))
                    .as("served to its end")
                    .isGreaterThanOrEqualTo(Duration.ofMillis(-20));
            Rotations.during(
                    Duration.ofSeconds(2),
                    () -> assertThat(refusal(live::get)).isInstanceOf(SecretUnavailableException.class));
            assertThat(here.mints(path)).hasSize(1);
            own.restart();
            Deadline.await("it is back", LIMIT, () -> refusal(live::get) == null);
            assertThat(here.accepts(live.get())).isTrue();
            assertThat(live.get()).isNotEqualTo(first);
            return Duration.ofNanos(refusedAt - after - left);
        }
    }

    /** Reads all the time. */
    private static long firstRefusal(LiveSecret<UsernamePassword> live, UsernamePassword expected) {
        while (true) {
            try {
                assertThat(live.get()).isEqualTo(expected);
            } catch (SecretException e) {
                return System.nanoTime();
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static @Nullable SecretException refusal(ThrowingSupplier<?> read) {
        try {
            var unused = read.get();
            return null;
        } catch (SecretException e) {
            return e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
