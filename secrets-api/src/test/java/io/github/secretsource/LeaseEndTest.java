package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static io.github.secretsource.LeaseStand.refusal;
import static io.github.secretsource.LeaseStand.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LeaseStore.What;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lease ends for whoever serves it, whoever holds it and whoever keeps it in memory. */
@Timeout(60)
class LeaseEndTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofHours(24);

    private static LeaseStand stand() {
        return new LeaseStand(HOUR, DAY);
    }

    @Test
    @DisplayName("F22 closed while a renewal is on its way: revoked half a minute later")
    void isRevokedThoughItWasClosedDuringARenewal() {
        try (var stand = stand()) {
            LiveSecret<SecretValue> handle = stand.hold();
            stand.store.when(What.RENEW, stand.store.taking(Duration.ofSeconds(2)));
            stand.time.advance(Duration.ofMinutes(40).plusSeconds(1));
            handle.close();

            stand.time.advance(Duration.ofSeconds(60));

            assertThat(stand.store.count(What.REVOKE)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("F22 closed before its first account arrives: revoked half a minute later")
    void isRevokedThoughItWasClosedBeforeItCame() {
        try (var stand = stand()) {
            stand.store.when(What.MINT, stand.store.taking(Duration.ofSeconds(2)));
            LiveSecret<SecretValue> handle = stand.secrets.liveLater(APP, Secret::value);
            stand.time.advance(SECOND);
            handle.close();

            stand.time.advance(Duration.ofSeconds(60));

            assertThat(stand.store.count(What.MINT)).isEqualTo(1);
            assertThat(stand.store.count(What.REVOKE)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("F22 closed in an outage, the store comes back: not renewed, revoked half a minute after the close")
    void isNotRenewedBecauseItsStoreIsBack() {
        try (var stand = stand()) {
            LiveSecret<SecretValue> handle = stand.hold();
            LiveSecret<SecretValue> other = stand.secrets.live("s:other");
            stand.store.whenAny(LeaseStore.down());
            stand.time.advance(Duration.ofMinutes(41));
            handle.close();
            stand.store.whenAny(LeaseStore.NONE);

            stand.time.advance(Duration.ofSeconds(60));

            assertThat(refusal(other)).isNull();
            assertThat(stand.store.calls(What.RENEW).stream()
                            .filter(call -> call.of().equals("user-1"))
                            .filter(call ->
                                    call.nanos() > Duration.ofMinutes(41).toNanos()))
                    .isEmpty();
            assertThat(stand.store.count(What.REVOKE)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("F22 a lease got once and ended leaves memory")
    void leavesMemoryWhenItHasEnded() {
        try (var stand = new LeaseStand(Duration.ofMinutes(1), HOUR)) {
            for (int i = 0; i < 50; i++) {
                SecretValue unused = stand.secrets.get(APP + i);
            }

            stand.time.advance(Duration.ofHours(3));

            assertThat(stand.secrets.statuses()).isEmpty();
            assertThat(stand.store.answersInMemory()).isLessThan(5);
        }
    }

    @Test
    @DisplayName("F22 a view that fails on the next account: the old one is refused when its lease ends")
    void aViewThatFailsDoesNotServeADeadLease() {
        var store = new LeaseStore(Duration.ofMinutes(1), Duration.ofMinutes(1)).notRenewable();
        try (var stand = new LeaseStand(store, RefreshPolicy.unset())) {
            LiveSecret<String> handle = stand.secrets.live(APP, secret -> {
                String user = secret.value().reveal();
                if (!user.equals("user-1")) {
                    throw new IllegalStateException("cannot be seen");
                }
                return user;
            });

            stand.time.advance(Duration.ofSeconds(90));

            assertThat(store.accepts("user-1")).isFalse();
            assertThat(refusal(handle)).as("the handle refuses").isNotNull();
        }
    }

    @Test
    @DisplayName("F24 a renewal that gives nothing and comes after the end does not bring the lease back")
    void aRenewalAfterTheEndThatGaveNothingIsNoRecovery() {
        try (var stand = new LeaseStand(Duration.ofSeconds(6), HOUR)) {
            LiveSecret<SecretValue> handle = stand.hold();
            stand.store.renewalsState(granted -> Duration.ZERO);
            stand.store.when(What.RENEW, stand.store.taking(Duration.ofMillis(2_500)));

            stand.time.advance(Duration.ofMillis(6_400));
            stand.time.advance(Duration.ofMillis(200));

            assertThat(handle).isNotNull();
            assertThat(stand.events(SecretEvent.Recovered.class)).isEmpty();
            assertThat(stand.events(SecretEvent.Withdrawn.class)).hasSize(1);
        }
    }

    @Test
    @DisplayName("F23 an account that took longer to come than it lasts is not handed out")
    void anAccountThatEndedOnItsWayIsNotHandedOut() {
        try (var stand = new LeaseStand(SECOND, SECOND)) {
            stand.store.when(What.MINT, stand.store.taking(Duration.ofMillis(2_900)));
            var told = new ArrayList<String>();
            LiveSecret<SecretValue> handle = stand.secrets.liveLater(APP, Secret::value);
            handle.subscribe(value -> told.add(value.reveal()));

            stand.time.advance(Duration.ofSeconds(10));

            assertThat(told).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "F22 a lease that nobody got plainly is revoked after its handle's close, though one before it was got")
    void aLeaseThatWasNotGotIsRevoked() {
        try (var stand = stand()) {
            assertThat(stand.secrets.get(APP).reveal()).isEqualTo("user-1");
            stand.time.advance(Duration.ofHours(2));
            LiveSecret<SecretValue> handle = stand.hold();
            assertThat(user(handle)).isEqualTo("user-2");
            handle.close();

            stand.time.advance(Duration.ofSeconds(31));

            assertThat(stand.store.count(What.REVOKE)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("F49 revocation, close of the source and calls hang, all deaf: five seconds all the same")
    void everythingHangsAndStillFiveSeconds() throws Exception {
        assertThat(Rounds.least(5, LeaseEndTest::secondsToCloseWhatHangs)).isLessThanOrEqualTo(5);
    }

    private static double secondsToCloseWhatHangs() throws Exception {
        var stuck = new CountDownLatch(1);
        var store = new LeaseStore(HOUR, DAY);
        store.when(What.REVOKE, (id, context) -> deaf(stuck));
        store.onClose(() -> deaf(stuck));
        Secrets secrets = Secrets.builder().source("s", store).build();
        SecretValue unused = secrets.get(APP);
        var called = new CountDownLatch(1);
        store.when(What.MINT, (id, context) -> {
            called.countDown();
            deaf(stuck);
        });
        LiveSecret<SecretValue> later = secrets.liveLater("s:other", Secret::value);
        called.await();

        long began = Timeline.system().nanos();
        secrets.close();
        double seconds = (Timeline.system().nanos() - began) / 1e9;
        stuck.countDown();

        assertThat(later).isNotNull();
        return seconds;
    }

    @Test
    @DisplayName("F49 a revocation that close interrupts is made again")
    void aRevocationThatCloseInterruptsIsMadeAgain() throws Exception {
        var stuck = new CountDownLatch(1);
        var began = new CountDownLatch(1);
        var store = new LeaseStore(HOUR, DAY);
        var time = FakeTime.create();
        store.when(What.REVOKE, (id, context) -> {
            began.countDown();
            if (store.count(What.REVOKE) == 1) {
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    throw new SecretUnavailableException(id, "was interrupted", "wait");
                }
            }
        });
        Secrets secrets = Secrets.builder().time(time).source("s", store).build();
        secrets.live(APP).close();
        var advancing = new Thread(() -> time.advance(Duration.ofSeconds(31)));
        advancing.start();
        began.await();

        secrets.close();
        advancing.join();

        assertThat(store.living()).isEmpty();
    }

    @Test
    @DisplayName("F49 a revocation that failed is made again at close, where the lease has not ended")
    void aRevocationThatFailedIsMadeAgainAtClose() {
        var stand = stand();
        stand.store.when(What.REVOKE, LeaseStore.down());
        stand.hold().close();
        stand.time.advance(Duration.ofSeconds(31));
        stand.store.when(What.REVOKE, LeaseStore.NONE);

        stand.close();

        assertThat(stand.store.living()).isEmpty();
    }

    @Test
    @DisplayName("F22 a revocation that hangs is interrupted when its time is over")
    void aRevocationThatHangsIsInterrupted() {
        var interrupted = new CompletableFuture<Void>();
        try (var stand = stand()) {
            stand.store.when(What.REVOKE, (id, context) -> {
                try {
                    stand.store.hanging().strikes(id, context);
                } catch (SecretUnavailableException e) {
                    interrupted.complete(null);
                }
            });
            stand.hold().close();

            stand.time.advance(Duration.ofMinutes(2));

            assertThat(stand.store.count(What.REVOKE)).isEqualTo(1);
            assertThat(interrupted).isDone();
        }
    }

    private static void deaf(CountDownLatch stuck) {
        while (true) {
            try {
                stuck.await();
                return;
            } catch (InterruptedException e) {
                // Deaf.
            }
        }
    }
}
