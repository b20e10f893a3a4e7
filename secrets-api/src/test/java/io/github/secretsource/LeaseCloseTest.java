package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static io.github.secretsource.LeaseStand.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LeaseStore.What;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes too late is given back, and at the end everything is. Hanging threads are real, and so is their time. */
@Timeout(60)
class LeaseCloseTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Threads threads = Threads.sinceNow();
    private CountDownLatch stuck;
    private CapturedLog log;

    @BeforeEach
    void prepare() {
        stuck = new CountDownLatch(1);
        log = CapturedLog.start();
    }

    @AfterEach
    void release() {
        stuck.countDown();
        log.close();
    }

    // ---- late answers --------------------------------------------------------------------------------------------

    @Test
    @DisplayName("F22 an account that arrives after the deadline is revoked")
    void aLateMintIsRevoked() {
        try (var stand = new LeaseStand(HOUR, HOUR)) {
            stand.store.when(What.MINT, stand.store.deafFor(Duration.ofSeconds(5)));
            LiveSecret<SecretValue> handle = stand.secrets.liveLater(APP, Secret::value);
            stand.time.advance(Duration.ofSeconds(3));
            stand.store.when(What.MINT, LeaseStore.NONE);

            stand.time.advance(Duration.ofSeconds(7));

            assertThat(user(handle)).isEqualTo("user-1");
            assertThat(stand.store.calls(What.REVOKE))
                    .singleElement()
                    .satisfies(call -> assertThat(call.of()).isEqualTo("user-2"));
            assertThat(stand.store.living()).containsExactly("user-1");
        }
    }

    @Test
    void aLateReplacementIsRevoked() {
        var store = new LeaseStore(HOUR, HOUR).notRenewable();
        try (var stand = new LeaseStand(store, RefreshPolicy.unset())) {
            LiveSecret<SecretValue> handle = stand.hold();
            store.when(What.MINT, store.deafFor(Duration.ofSeconds(20)));
            stand.time.advance(Duration.ofSeconds(2_404));
            store.when(What.MINT, LeaseStore.NONE);

            stand.time.advance(Duration.ofSeconds(60));

            assertThat(store.count(What.REVOKE)).isBetween(1, 2);
            assertThat(store.accepts(user(handle))).isTrue();
            assertThat(store.living()).hasSize(2).contains("user-1", user(handle));
        }
    }

    // ---- the end -------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("F49 close revokes what is in use, what was replaced and what was only got")
    void closeRevokesAll() {
        var store = new LeaseStore(HOUR, HOUR).notRenewable();
        try (var stand = new LeaseStand(store, RefreshPolicy.unset())) {
            LiveSecret<SecretValue> unused = stand.hold();
            stand.time.advance(Duration.ofMinutes(41));
            assertThat(stand.secrets.get("s:got").reveal()).isEqualTo("user-3");
            assertThat(store.living()).containsExactly("user-1", "user-2", "user-3");
        }

        assertThat(store.living()).isEmpty();
        assertThat(store.count(What.REVOKE)).isEqualTo(3);
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void closeDoesNotRevokeWhatHasEnded() {
        var store = new LeaseStore(Duration.ofMinutes(1), Duration.ofMinutes(1)).notRenewable();
        try (var stand = new LeaseStand(store, RefreshPolicy.unset())) {
            LiveSecret<SecretValue> unused = stand.hold();
            stand.time.advance(Duration.ofMinutes(10));
            assertThat(store.count(What.MINT)).isEqualTo(16);
        }

        assertThat(store.count(What.REVOKE)).isLessThanOrEqualTo(2);
    }

    @Test
    @DisplayName("F49 closing revokes in parallel: sixteen that take 200 ms each are gone within a second")
    void revokesInParallel() throws Exception {
        assertThat(leastSeconds(1, this::closeWithSixteenRevocations)).isLessThan(1);
    }

    private double closeWithSixteenRevocations() {
        var store = new LeaseStore(HOUR, HOUR).when(What.REVOKE, (id, context) -> pause(200));
        Secrets secrets = Secrets.builder().source("s", store).build();
        for (int i = 0; i < 16; i++) {
            SecretValue unused = secrets.get(APP + i);
        }

        double seconds = secondsToClose(secrets);

        assertThat(store.living()).isEmpty();
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).isEmpty();
        return seconds;
    }

    @Test
    @DisplayName("F49 a revocation that fails at close is dropped, and the others are made")
    void aRevocationThatFailsStopsNobody() {
        var store = new LeaseStore(HOUR, HOUR).when(What.REVOKE, (id, context) -> {
            if (id.path().equals("app0")) {
                throw new IllegalStateException("broken");
            }
        });
        Secrets secrets = Secrets.builder().source("s", store).build();
        for (int i = 0; i < 4; i++) {
            SecretValue unused = secrets.get(APP + i);
        }

        secrets.close();

        assertThat(store.count(What.REVOKE)).isEqualTo(4);
        assertThat(store.living()).hasSize(1);
        assertThat(log.warnings())
                .containsExactly(
                        "Secrets closed with leases of source 's' that were not revoked: 1; they end by themselves");
    }

    @Test
    @DisplayName("F49 a revocation that hangs is interrupted; close takes less than four seconds and says nothing")
    void aHangingRevocationIsInterrupted() throws Exception {
        assertThat(leastSeconds(4, this::closeWithAHangingRevocation)).isBetween(1.0, 4.0);
    }

    private double closeWithAHangingRevocation() {
        var store = new LeaseStore(HOUR, HOUR).when(What.REVOKE, (id, context) -> hang(false));
        Secrets secrets = Secrets.builder().source("s", store).build();
        SecretValue unused = secrets.get(APP);

        double seconds = secondsToClose(secrets);

        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).isEmpty();
        return seconds;
    }

    @Test
    @DisplayName("F49 a revocation that ignores interrupts is named in the one warning, within five seconds")
    void aDeafRevocationIsNamed() throws Exception {
        assertThat(leastSeconds(5, this::closeWithADeafRevocation)).isLessThan(5);
    }

    private double closeWithADeafRevocation() {
        var store = new LeaseStore(HOUR, HOUR).when(What.REVOKE, (id, context) -> hang(true));
        var closed = new AtomicBoolean();
        store.onClose(() -> closed.set(true));
        Secrets secrets = Secrets.builder().source("s", store).build();
        for (int i = 0; i < 3; i++) {
            SecretValue unused = secrets.get(APP + i);
        }

        double seconds = secondsToClose(secrets);

        assertThat(log.warnings()).singleElement().asString().contains("secretsource-s-revoke-1");
        assertThat(closed).isTrue();
        stuck.countDown();
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).hasSize(1);
        return seconds;
    }

    @Test
    @DisplayName("F49 revocations know how little time they have")
    void revocationsKnowTheirTime() {
        var left = new AtomicReference<Duration>();
        var store = new LeaseStore(HOUR, HOUR).when(What.REVOKE, (id, context) -> left.set(context.remaining()));
        Secrets secrets = Secrets.builder().source("s", store).build();
        SecretValue unused = secrets.get(APP);

        secrets.close();

        assertThat(left.get()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(2));
    }

    @Test
    @DisplayName("F49 a mint on its way at close that arrives all the same is revoked, and no thread is left")
    void aMintOnItsWayAtCloseIsRevoked() throws Exception {
        assertThat(leastSeconds(4, this::closeWithAMintOnItsWay)).isLessThan(4);
    }

    private double closeWithAMintOnItsWay() throws Exception {
        var arrived = new CountDownLatch(1);
        var store = new LeaseStore(HOUR, HOUR);
        store.when(What.MINT, (id, context) -> {
                    arrived.countDown();
                    deafPause(500);
                })
                .when(What.REVOKE, LeaseStore.NONE);
        Secrets secrets = Secrets.builder().source("s", store).build();
        LiveSecret<SecretValue> unused = secrets.liveLater(APP, Secret::value);
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();

        double seconds = secondsToClose(secrets);

        assertThat(threads.left()).isEmpty();
        assertThat(store.living()).isEmpty();
        assertThat(store.count(What.REVOKE)).isEqualTo(1);
        assertThat(log.warnings()).isEmpty();
        return seconds;
    }

    @Test
    void closingTwiceRevokesOnce() {
        var store = new LeaseStore(HOUR, HOUR);
        Secrets secrets = Secrets.builder().source("s", store).build();
        SecretValue unused = secrets.get(APP);

        secrets.close();
        secrets.close();

        assertThat(store.count(What.REVOKE)).isEqualTo(1);
    }

    @Test
    @DisplayName("F49 the source is closed after its leases were revoked")
    void theSourceIsClosedLast() {
        var closed = new AtomicBoolean();
        var tooLate = new AtomicBoolean();
        var store = new LeaseStore(HOUR, HOUR).when(What.REVOKE, (id, context) -> tooLate.set(closed.get()));
        store.onClose(() -> closed.set(true));
        Secrets secrets = Secrets.builder().source("s", store).build();
        for (String ref : List.of("s:a", "s:b")) {
            SecretValue unused = secrets.get(ref);
        }

        secrets.close();

        assertThat(closed).isTrue();
        assertThat(tooLate).isFalse();
    }

    /** Each round with a log of its own, and without what hung in the one before. */
    private double leastSeconds(double enough, Callable<Double> round) throws Exception {
        return Rounds.least(enough, () -> {
            release();
            prepare();
            return round.call();
        });
    }

    private static double secondsToClose(Secrets secrets) {
        long began = Timeline.system().nanos();
        secrets.close();
        return (Timeline.system().nanos() - began) / 1e9;
    }

    private void hang(boolean throughInterrupts) {
        boolean again = true;
        while (again) {
            try {
                stuck.await();
                again = false;
            } catch (InterruptedException e) {
                again = throughInterrupts;
            }
        }
    }

    private void pause(long millis) {
        try {
            boolean unused = stuck.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void deafPause(long millis) {
        long until = Timeline.system().after(Duration.ofMillis(millis));
        while (until - Timeline.system().nanos() > 0) {
            try {
                boolean unused = stuck.await(until - Timeline.system().nanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // Deaf.
            }
        }
    }
}
