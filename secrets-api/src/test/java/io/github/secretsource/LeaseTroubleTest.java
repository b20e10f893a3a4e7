package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static io.github.secretsource.LeaseStand.refusal;
import static io.github.secretsource.LeaseStand.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.LeaseStore.Call;
import io.github.secretsource.LeaseStore.What;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that answers oddly or not at all is neither hammered nor believed too long. */
@Timeout(60)
class LeaseTroubleTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofHours(24);

    private static LeaseStand stand() {
        return new LeaseStand(HOUR, DAY);
    }

    @Test
    @DisplayName("F22 opening and closing handles does not get round the back-off of renewals")
    void reopeningDoesNotGetRoundTheBackOff() {
        try (var stand = stand()) {
            List<LiveSecret<SecretValue>> others = stand.hold(3);
            LiveSecret<SecretValue> first = stand.hold();
            stand.time.advance(Duration.ofMinutes(41));
            stand.store.when(What.RENEW, (id, context) -> {
                if (id.path().equals("app")) {
                    LeaseStore.down().strikes(id, context);
                }
            });
            stand.time.advance(Duration.ofMinutes(40).minusSeconds(40));
            int before = stand.store.count(What.RENEW);
            first.close();

            for (int i = 0; i < 100; i++) {
                LiveSecret<SecretValue> again = stand.hold();
                stand.time.advance(Duration.ofMillis(50));
                again.close();
                stand.time.advance(Duration.ofMillis(50));
            }

            assertThat(others).hasSize(3);
            assertThat(stand.store.count(What.RENEW) - before).isLessThan(10);
        }
    }

    @Test
    @DisplayName("F22 opening and closing handles does not ask a store that denies again and again")
    void reopeningDoesNotGetRoundADenial() {
        try (var stand = stand()) {
            LiveSecret<SecretValue> first = stand.hold();
            stand.store.whenAny(LeaseStore.denied());
            stand.time.advance(Duration.ofMinutes(41));
            int before = stand.store.calls().size();
            first.close();

            for (int i = 0; i < 100; i++) {
                LiveSecret<SecretValue> again = stand.hold();
                stand.time.advance(Duration.ofMillis(50));
                again.close();
                stand.time.advance(Duration.ofMillis(50));
            }

            assertThat(stand.store.calls().size() - before).isLessThan(10);
        }
    }

    @Test
    @DisplayName("F24 a renewal that answers no ttl at all counts as one that gave nothing, at once")
    void aRenewalWithoutAnyTtlIsReplacedAtOnce() {
        try (var stand = stand()) {
            LiveSecret<SecretValue> handle = stand.hold();
            stand.store.renewalsState(granted -> null);

            stand.time.advance(Duration.ofSeconds(2_402));

            assertThat(user(handle)).isEqualTo("user-2");
        }
    }

    @Test
    @DisplayName("F19 a denial of a cold call that has just logged in anew is not asked again without")
    void aDenialAfterALoginIsFinal() {
        try (var stand = stand()) {
            LiveSecret<SecretValue> handle = stand.hold();
            stand.store.whenAny(LeaseStore.denied());
            stand.time.advance(Duration.ofMinutes(59));
            int before = stand.store.count(What.MINT);

            stand.time.advance(Duration.ofMinutes(2));

            assertThat(refusal(handle)).isNotNull();
            assertThat(stand.store.calls(What.MINT).stream().skip(before + 2L).map(Call::freshLogin))
                    .doesNotContain(false);
        }
    }

    @Test
    @DisplayName("F19 a denial for good forces one login, not one every half minute")
    void aDenialForGoodForcesFewLogins() {
        try (var stand = stand()) {
            LiveSecret<SecretValue> unused = stand.hold();
            stand.store.when(What.RENEW, LeaseStore.denied()).when(What.MINT, (id, context) -> {
                if (stand.store.count(What.MINT) > 1) {
                    boolean login = context.freshLogin();
                    throw new SecretAccessException(id, "is denied" + (login ? " all the same" : ""), "allow it");
                }
            });

            stand.time.advance(Duration.ofMinutes(59));

            assertThat(stand.store.calls(What.MINT).stream().filter(Call::freshLogin))
                    .hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    @DisplayName("F22 renewals get no answer but mints do: replaced in time whatever the ttl and the luck")
    void isReplacedInTimeAmongOthers() {
        var lapsed = new ArrayList<String>();
        for (int run = 0; run < 200; run++) {
            int ttl = 5 + run % 120;
            try (var stand = new LeaseStand(Duration.ofSeconds(ttl), DAY)) {
                LiveSecret<SecretValue> handle = stand.hold();
                List<LiveSecret<SecretValue>> others = stand.hold(2);
                stand.store.when(What.RENEW, (id, context) -> {
                    if (id.path().equals("app")) {
                        LeaseStore.down().strikes(id, context);
                    }
                });

                stand.time.advance(Duration.ofSeconds(ttl));

                if (refusal(handle) != null || others.isEmpty()) {
                    lapsed.add("ttl " + ttl + ": " + stand.seconds(What.RENEW));
                }
            }
        }
        assertThat(lapsed).isEmpty();
    }

    @Test
    @DisplayName("F22 renewals get no answer but mints do, and it is the only secret of its source: replaced in time")
    void isReplacedInTimeWhereItIsAlone() {
        var lapsed = new ArrayList<String>();
        for (int run = 0; run < 200; run++) {
            int ttl = 5 + run % 120;
            try (var stand = new LeaseStand(Duration.ofSeconds(ttl), DAY)) {
                LiveSecret<SecretValue> handle = stand.hold();
                stand.store.when(What.RENEW, LeaseStore.down());

                stand.time.advance(Duration.ofSeconds(ttl));

                if (refusal(handle) != null) {
                    lapsed.add("ttl " + ttl + ": " + stand.seconds(What.RENEW));
                }
            }
        }
        assertThat(lapsed).isEmpty();
    }

    @Test
    @DisplayName("F24 an account whose lease states no ttl at all, not even zero, is not served without its lease")
    void anAccountWithoutAnyTtlIsNotServedWithoutItsLease() {
        var time = FakeTime.advancingItself();
        var store = new LeaseStore(HOUR, DAY);
        store.mintsState(granted -> null);
        try (Secrets secrets = Secrets.builder().time(time).source("s", store).build()) {
            long began = time.nanos();
            var refused = catchThrowable(() -> secrets.get(APP));
            long took = time.nanos() - began;
            store.whenAny(LeaseStore.down());
            time.advance(Duration.ofSeconds(5));
            var again = catchThrowable(() -> secrets.get(APP));

            assertThat(refused).isInstanceOf(SecretException.class);
            assertThat(again).isInstanceOf(SecretException.class);
            assertThat(Duration.ofNanos(took)).isLessThan(SECOND);
        }
    }

    @Test
    @DisplayName("F24 an answer to a renewal that is broken in any way costs no more than a replacement")
    void aRenewalThatThrowsAnErrorIsAnOutage() {
        for (Error error : List.of(new StackOverflowError(), new AssertionError())) {
            try (var stand = stand()) {
                LiveSecret<SecretValue> handle = stand.hold();
                stand.store.when(What.RENEW, (id, context) -> {
                    throw error;
                });

                stand.useFor(handle, Duration.ofMinutes(59), Duration.ofSeconds(5));

                assertThat(stand.store.count(What.MINT)).isEqualTo(2);
            }
        }
    }

    @Test
    @DisplayName("F24 a renewal that gave nothing is not told as one")
    void aRenewalThatGaveNothingIsNotToldAsOne() {
        try (var stand = stand()) {
            LiveSecret<SecretValue> unused = stand.hold();
            stand.store.renewalsState(granted -> Duration.ZERO);

            stand.time.advance(Duration.ofMinutes(41));

            assertThat(stand.store.count(What.RENEW)).isEqualTo(1);
            assertThat(stand.events(SecretEvent.LeaseRenewed.class)).isEmpty();
        }
    }

    @Test
    @DisplayName("F22 rejected during a renewal waits no longer than the wait deadline")
    void rejectedDuringARenewalKeepsTheWaitDeadline() {
        var time = FakeTime.advancingItself();
        var store = new LeaseStore(HOUR, DAY);
        try (Secrets secrets = Secrets.builder().time(time).source("s", store).build()) {
            LiveSecret<SecretValue> handle = secrets.live(APP);
            store.whenAny(store.taking(Duration.ofMillis(2_800)));
            time.advance(Duration.ofMinutes(40));
            assertThat(store.count(What.RENEW)).isEqualTo(1);

            long began = time.nanos();
            var unused = handle.rejected(handle.get());

            assertThat(Duration.ofNanos(time.nanos() - began)).isLessThanOrEqualTo(Duration.ofMillis(3_100));
        }
    }
}
