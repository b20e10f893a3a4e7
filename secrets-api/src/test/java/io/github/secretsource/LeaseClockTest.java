package io.github.secretsource;

import static io.github.secretsource.LeaseStand.gaps;
import static io.github.secretsource.LeaseStand.refusal;
import static io.github.secretsource.LeaseStand.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LeaseStore.What;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clocks that part: a lease may have ended while the machine slept. */
@Timeout(60)
class LeaseClockTest {

    private static final Duration JUMP = Duration.ofHours(2);

    private final LeaseStand stand = new LeaseStand(Duration.ofHours(1), Duration.ofHours(24));
    private final LeaseStore store = stand.store;

    @AfterEach
    void close() {
        stand.close();
    }

    @Test
    @DisplayName("F17 F18 the wall clock runs ahead of a lease: renewed at once, served meanwhile")
    void isRenewedAtOnce() {
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(Duration.ofMinutes(5));

        stand.time.jumpWallClock(JUMP);
        stand.useFor(handle, Duration.ofSeconds(12), Duration.ofMillis(100));

        assertThat(store.count(What.RENEW)).isEqualTo(1);
        assertThat(store.count(What.MINT)).isEqualTo(1);
        assertThat(handle.status().leaseLeft().orElseThrow()).isGreaterThan(Duration.ofMinutes(59));
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
    }

    @Test
    @DisplayName("F18 a lease that the store forgot meanwhile is replaced within ten seconds")
    void isReplacedWhereItEnded() {
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(Duration.ofMinutes(5));
        store.loseLogin();
        store.logInAgain();

        stand.time.jumpWallClock(JUMP);
        stand.time.advance(Duration.ofSeconds(12));

        assertThat(user(handle)).isEqualTo("user-2");
        assertThat(store.accepts("user-2")).isTrue();
    }

    @Test
    @DisplayName("F17 F18 the check fails: served for 15 s at most, then refused, and back when the store is")
    void isServedForFifteenSecondsWhereItCannotBeChecked() {
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(Duration.ofMinutes(5));
        store.whenAny(LeaseStore.down());

        stand.time.jumpWallClock(JUMP);
        stand.time.advance(Duration.ofSeconds(14));
        String during = user(handle);
        stand.time.advance(Duration.ofSeconds(3));

        assertThat(during).isEqualTo("user-1");
        assertThat(refusal(handle)).isInstanceOf(SecretUnavailableException.class);
        assertThat(stand.events(SecretEvent.Withdrawn.class)).hasSize(1);
        store.whenAny(LeaseStore.NONE);
        stand.time.advance(Duration.ofSeconds(60));
        assertThat(store.accepts(user(handle))).isTrue();
    }

    @Test
    @DisplayName("F17 the wall clock goes back: checked, never refused, store up or down")
    void isNotRefusedWhenTheClockGoesBack() {
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(Duration.ofMinutes(5));

        stand.time.jumpWallClock(JUMP.negated());
        stand.useFor(handle, Duration.ofSeconds(12), Duration.ofMillis(100));
        assertThat(store.count(What.RENEW)).isEqualTo(1);
        store.whenAny(LeaseStore.down());
        stand.time.jumpWallClock(JUMP.negated());
        stand.useFor(handle, Duration.ofMinutes(40), Duration.ofSeconds(10));

        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
        assertThat(store.count(What.MINT)).isEqualTo(1);
    }

    @Test
    @DisplayName("F17 to and fro: served all the time, and one check each time at most")
    void toAndFro() {
        LiveSecret<SecretValue> handle = stand.hold();

        for (int i = 0; i < 10; i++) {
            stand.time.jumpWallClock(i % 2 == 0 ? JUMP : JUMP.negated());
            stand.useFor(handle, Duration.ofSeconds(15), Duration.ofMillis(500));
        }

        assertThat(store.count(What.MINT)).isEqualTo(1);
        assertThat(store.count(What.RENEW)).isLessThanOrEqualTo(10);
    }

    @Test
    @DisplayName("F18 many leases are checked one after the other within ten seconds")
    void manyArePaced() {
        List<LiveSecret<SecretValue>> handles = stand.hold(50);
        stand.time.advance(Duration.ofMinutes(5));

        stand.time.jumpWallClock(JUMP);
        stand.time.advance(Duration.ofSeconds(12));

        assertThat(store.count(What.RENEW)).isEqualTo(50);
        assertThat(store.count(What.MINT)).isEqualTo(50);
        assertThat(gaps(stand.seconds(What.RENEW)))
                .filteredOn(gap -> gap < 0.02)
                .hasSizeLessThan(5);
        assertThat(handles).allSatisfy(handle -> assertThat(refusal(handle)).isNull());
    }

    @Test
    @DisplayName("F18 one that can only be replaced is replaced, with overlap, before its 15 s are over")
    void oneThatCannotBeRenewedIsReplaced() {
        var fixed = new LeaseStore(Duration.ofHours(1), Duration.ofHours(1)).notRenewable();
        try (var other = new LeaseStand(fixed, RefreshPolicy.unset())) {
            LiveSecret<SecretValue> handle = other.hold();
            other.time.advance(Duration.ofMinutes(5));

            other.time.jumpWallClock(JUMP);
            other.useFor(handle, Duration.ofSeconds(20), Duration.ofMillis(100));

            assertThat(fixed.count(What.MINT)).isEqualTo(2);
            assertThat(user(handle)).isEqualTo("user-2");
        }
    }

    @Test
    @DisplayName("F18 a small jump costs one that can only be replaced no account")
    void aSmallJumpMintsNothing() {
        var fixed = new LeaseStore(Duration.ofHours(1), Duration.ofHours(1)).notRenewable();
        try (var other = new LeaseStand(fixed, RefreshPolicy.unset())) {
            LiveSecret<SecretValue> unused = other.hold();
            other.time.advance(Duration.ofMinutes(5));

            for (int i = 0; i < 5; i++) {
                other.time.jumpWallClock(Duration.ofSeconds(30));
                other.time.advance(Duration.ofSeconds(30));
            }

            assertThat(fixed.count(What.MINT)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("F18 frozen past its end: refused before anything else happens, then replaced")
    void frozenPastItsEnd() {
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(Duration.ofMinutes(5));
        store.whenAny(LeaseStore.down());

        stand.time.freeze(Duration.ofHours(3));

        assertThat(refusal(handle)).isNotNull();
        store.whenAny(LeaseStore.NONE);
        stand.time.advance(Duration.ofSeconds(10));
        assertThat(store.accepts(user(handle))).isTrue();
    }
}
