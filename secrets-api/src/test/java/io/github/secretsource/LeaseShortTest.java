package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LeaseStore.Call;
import io.github.secretsource.LeaseStore.What;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Leases of seconds: never served after their end, and never a hot loop. */
@Timeout(60)
class LeaseShortTest {

    private static final Duration STEP = Duration.ofMillis(50);

    @Test
    @DisplayName(
            "F23 F24 leases of 1 to 5 s, any limit, any answer to a renewal: no hot loop, none served after its end")
    void shortLeasesAreNeitherServedTooLongNorAskedForTooOften() {
        for (long seed = 1; seed <= 60; seed++) {
            var random = new Random(seed);
            var ttl = Duration.ofMillis(1_000 + random.nextInt(4_001));
            var limit = ttl.multipliedBy(1 + random.nextInt(5)).plusMillis(random.nextInt(2_000));
            boolean renewable = random.nextInt(4) > 0;
            long said = random.nextInt(4);
            String run = "seed " + seed + ", ttl " + ttl + ", limit " + limit + (renewable ? "" : ", not renewable")
                    + ", renewals say " + said;
            var store = new LeaseStore(ttl, limit);
            if (!renewable) {
                LeaseStore unused = store.notRenewable();
            }
            try (var stand = new LeaseStand(store, RefreshPolicy.unset())) {
                LiveSecret<SecretValue> handle = stand.hold();
                store.renewalsState(granted -> said > 0 ? granted : granted.dividedBy(1 + random.nextInt(20)));
                for (int step = 0; step < 600; step++) {
                    stand.time.advance(STEP);
                    assertServedWhileItLives(stand, handle, run);
                }
                assertThat(store.count(What.MINT)).as(run).isGreaterThan(1);
                assertNoHotLoop(store.calls(), run);
            }
        }
    }

    @Test
    @DisplayName("F23 F24 leases of 1 to 5 s at a store that fails now and then: none served after its end")
    void shortLeasesAtAStoreThatFails() {
        for (long seed = 1; seed <= 40; seed++) {
            var random = new Random(seed);
            var ttl = Duration.ofMillis(1_000 + random.nextInt(4_001));
            String run = "seed " + seed + ", ttl " + ttl;
            var store = new LeaseStore(ttl, ttl.multipliedBy(3));
            try (var stand = new LeaseStand(store, RefreshPolicy.unset())) {
                LiveSecret<SecretValue> handle = stand.hold();
                store.whenAny((id, context) -> {
                    switch (random.nextInt(8)) {
                        case 0, 1 -> LeaseStore.down().strikes(id, context);
                        case 2 -> LeaseStore.missing().strikes(id, context);
                        case 3 ->
                            store.taking(Duration.ofMillis(random.nextInt(2_500)))
                                    .strikes(id, context);
                        default -> LeaseStore.NONE.strikes(id, context);
                    }
                });
                for (int step = 0; step < 600; step++) {
                    stand.time.advance(STEP);
                    assertServedWhileItLives(stand, handle, run);
                }
                assertThat(store.calls().size()).as(run).isLessThan(70);
            }
        }
    }

    private static void assertServedWhileItLives(LeaseStand stand, LiveSecret<SecretValue> handle, String run) {
        if (LeaseStand.refusal(handle) == null) {
            assertThat(stand.store.accepts(LeaseStand.user(handle)))
                    .as("%s: a lease that has ended is served at %s", run, stand.time)
                    .isTrue();
            assertThat(handle.status().leaseLeft().orElseThrow()).as(run).isPositive();
        }
    }

    /** A second between two calls, but for a mint that follows a renewal that did not help. */
    private static void assertNoHotLoop(List<Call> calls, String run) {
        for (int i = 1; i < calls.size(); i++) {
            boolean pair = calls.get(i - 1).what() == What.RENEW && calls.get(i).what() == What.MINT;
            double gap = (calls.get(i).nanos() - calls.get(i - 1).nanos()) / 1e9;
            if (!pair) {
                assertThat(gap)
                        .as("%s: %s after %s", run, calls.get(i), calls.get(i - 1))
                        .isGreaterThanOrEqualTo(1);
            }
        }
        for (int i = 3; i < calls.size(); i++) {
            double span = (calls.get(i).nanos() - calls.get(i - 3).nanos()) / 1e9;
            assertThat(span).as("%s: four calls", run).isGreaterThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 0", "2, 999", "3, 0", "3, 999", "5, 0", "5, 999", "60, 0", "60, 999"})
    @DisplayName("F24 at its limit a lease is replaced with a fifth of it to spare, however the store rounds seconds")
    void whatCannotLastLongerIsReplacedInGoodTime(int seconds, int rounding) {
        var ttl = Duration.ofSeconds(seconds);
        try (var stand = new LeaseStand(ttl, ttl)) {
            stand.store.renewalsState(granted -> granted.plusMillis(rounding).truncatedTo(ChronoUnit.SECONDS));
            LiveSecret<SecretValue> handle = stand.hold();

            stand.useFor(handle, ttl.multipliedBy(10), STEP);

            assertThat(LeaseStand.gaps(stand.seconds(What.MINT)))
                    .hasSizeGreaterThanOrEqualTo(10)
                    .allSatisfy(gap -> assertThat(gap).isBetween(seconds * 0.6, seconds * 0.8));
            assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
        }
    }

    @Test
    @DisplayName("F23 leases of a second got one by one: each is used while it lives")
    void plainGetsOfShortLeases() {
        try (var stand = new LeaseStand(Duration.ofSeconds(1), Duration.ofSeconds(1))) {
            for (int i = 0; i < 200; i++) {
                assertThat(stand.store.accepts(stand.secrets.get(APP).reveal())).isTrue();
                stand.time.advance(Duration.ofMillis(100));
            }

            assertThat(stand.store.count(What.MINT)).isEqualTo(20);
        }
    }
}
