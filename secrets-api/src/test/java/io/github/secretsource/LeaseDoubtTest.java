package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static io.github.secretsource.LeaseStand.gaps;
import static io.github.secretsource.LeaseStand.refusal;
import static io.github.secretsource.LeaseStand.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LeaseStore.What;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leases that may have ended without anybody saying so. */
@Timeout(60)
class LeaseDoubtTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofHours(24);

    private static LeaseStand stand() {
        return new LeaseStand(HOUR, DAY);
    }

    @Test
    @DisplayName("F19 five leases of a lost login, a login of half a second: all replaced within a few seconds")
    void leasesOfALostLoginAreReplacedTogether() {
        try (var stand = stand()) {
            List<LiveSecret<SecretValue>> handles = stand.hold(5);
            stand.time.advance(Duration.ofMinutes(5));
            stand.store.loseLogin();
            stand.store.loginTakes(Duration.ofMillis(500));

            stand.store.leasesInDoubt();
            stand.time.advance(Duration.ofSeconds(5));

            assertThat(handles.stream().filter(handle -> stand.store.accepts(user(handle))))
                    .hasSize(5);
        }
    }

    @Test
    @DisplayName("F19 leases in doubt are renewed a few at a time")
    void leasesInDoubtAreRenewedAFewAtATime() {
        try (var stand = stand()) {
            List<LiveSecret<SecretValue>> handles = stand.hold(100);
            stand.time.advance(Duration.ofMinutes(5));

            stand.store.leasesInDoubt();
            stand.time.advance(Duration.ofSeconds(12));

            assertThat(handles).hasSize(100);
            assertThat(gaps(stand.seconds(What.RENEW)))
                    .filteredOn(gap -> gap < 0.01)
                    .hasSizeLessThan(40);
        }
    }

    @Test
    @DisplayName("F18 a hundred renewable leases after a clock jump: all renewed, none minted anew")
    void aClockJumpMintsNothingWhereRenewingHelps() {
        try (var stand = stand()) {
            List<LiveSecret<SecretValue>> handles = stand.hold(100);
            stand.time.advance(Duration.ofMinutes(5));

            stand.time.jumpWallClock(Duration.ofHours(2));
            stand.time.advance(Duration.ofSeconds(15));

            assertThat(handles).hasSize(100);
            assertThat(stand.store.count(What.MINT)).isEqualTo(100);
        }
    }

    @Test
    @DisplayName("F18 I10 a lease from a plain get is not served an hour on after the machine slept past its end")
    void aPlainLeaseIsNotServedOnAfterASleep() {
        try (var stand = stand()) {
            assertThat(stand.secrets.get(APP).reveal()).isEqualTo("user-1");
            stand.time.advance(Duration.ofMinutes(5));
            stand.store.loseLogin();
            stand.store.logInAgain();

            stand.time.jumpWallClock(Duration.ofHours(2));
            stand.time.advance(Duration.ofSeconds(30));

            assertThat(stand.store.accepts(stand.secrets.get(APP).reveal())).isTrue();
        }
    }

    @Test
    @DisplayName("F19 leases in doubt: one from a plain get is not served to its end after its login was lost")
    void aPlainLeaseOfALostLoginIsNotServedOn() {
        try (var stand = stand()) {
            assertThat(stand.secrets.get(APP).reveal()).isEqualTo("user-1");
            stand.time.advance(Duration.ofMinutes(5));
            stand.store.loseLogin();
            stand.store.logInAgain();

            stand.store.leasesInDoubt();
            stand.time.advance(Duration.ofSeconds(30));

            assertThat(stand.store.accepts(stand.secrets.get(APP).reveal())).isTrue();
        }
    }

    @Test
    @DisplayName("F18 getWithin looks at the clock: woken past the end of a lease it mints a new one")
    void getWithinLooksAtTheEndOfTheLease() {
        var time = new Ahead();
        var store = new LeaseStore(HOUR, DAY);
        try (Secrets secrets = Secrets.builder().time(time).source("s", store).build()) {
            assertThat(secrets.get(APP).reveal()).isEqualTo("user-1");

            time.ahead = Duration.ofHours(2).toNanos();

            assertThat(secrets.getWithin(APP, Duration.ofMinutes(1)).reveal()).isEqualTo("user-2");
        }
    }

    @Test
    @DisplayName("F18 a renewal that was on its way while the machine slept is not believed for its whole time")
    void aRenewalOnItsWayDuringASleepIsChecked() {
        try (var stand = stand()) {
            LiveSecret<SecretValue> handle = stand.hold();
            stand.store.when(What.RENEW, stand.store.taking(Duration.ofMillis(2_500)));
            stand.time.advance(Duration.ofMinutes(40).plusMillis(100));
            stand.time.jumpWallClock(Duration.ofHours(2));
            stand.time.advance(Duration.ofSeconds(3));
            stand.store.loseLogin(); // It ended while the machine slept.
            stand.store.logInAgain();
            stand.store.when(What.RENEW, LeaseStore.NONE);

            stand.time.advance(Duration.ofSeconds(30));

            assertThat(stand.store.accepts(user(handle))).isTrue();
        }
    }

    @Test
    @DisplayName("F18 frozen until shortly before the end: a hundred leases are renewed in what is left")
    void pacingDoesNotOutlastTheLeases() {
        try (var stand = new LeaseStand(Duration.ofSeconds(60), DAY)) {
            List<LiveSecret<SecretValue>> handles = stand.hold(100);

            stand.time.freeze(Duration.ofSeconds(55));
            stand.time.advance(Duration.ofSeconds(12));

            assertThat(handles).allSatisfy(handle -> assertThat(refusal(handle)).isNull());
            assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
        }
    }

    @Test
    @DisplayName("F24 a source that doubts its leases at every renewal makes no hot loop")
    void doubtsMakeNoHotLoop() {
        try (var stand = stand()) {
            LiveSecret<SecretValue> one = stand.secrets.live("s:one");
            stand.time.advance(SECOND);
            LiveSecret<SecretValue> two = stand.secrets.live("s:two");
            stand.store.when(What.RENEW, (id, context) -> {
                if (stand.store.count(What.RENEW) < 1_000) {
                    stand.store.taking(Duration.ofMillis(5)).strikes(id, context);
                    stand.store.leasesInDoubt();
                }
            });

            stand.time.advance(Duration.ofMinutes(40).plusSeconds(2));

            assertThat(user(one)).isNotEqualTo(user(two));
            assertThat(stand.store.count(What.RENEW)).isLessThan(20);
        }
    }

    @Test
    @DisplayName(
            "F22 a lease without an end, in doubt: a renewal that states no end either is no reason for a new account")
    void aLeaseWithoutAnEndIsNotReplacedForADoubt() {
        try (var stand = new LeaseStand(HOUR, DAY)) {
            stand.store.mintsState(granted -> Duration.ZERO);
            stand.store.renewalsState(granted -> Duration.ZERO);
            LiveSecret<SecretValue> handle = stand.hold();
            stand.time.advance(Duration.ofMinutes(5));

            stand.store.leasesInDoubt();
            stand.time.advance(Duration.ofMinutes(5));

            assertThat(user(handle)).isEqualTo("user-1");
        }
    }

    /** Fake time whose clock can run ahead of its timers. */
    private static final class Ahead implements Timeline {

        private final FakeTime time = FakeTime.create();
        private volatile long ahead;

        @Override
        public long nanos() {
            return time.nanos() + ahead;
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public Timer timer(String name, Runnable task) {
            return time.timer(name, task);
        }

        @Override
        public boolean await(CompletableFuture<?> done, long deadlineNanos) throws InterruptedException {
            return time.await(done, deadlineNanos - ahead);
        }

        @Override
        public Runnable tracked(Runnable task) {
            return time.tracked(task);
        }
    }
}
