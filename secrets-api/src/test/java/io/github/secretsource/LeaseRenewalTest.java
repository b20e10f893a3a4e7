package io.github.secretsource;

import static io.github.secretsource.LeaseStand.gaps;
import static io.github.secretsource.LeaseStand.refusal;
import static io.github.secretsource.LeaseStand.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.secretsource.LeaseStore.What;
import io.github.secretsource.source.SecretSources;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lease in use is renewed as long as the store lets it be, and replaced before it ends. */
@Timeout(60)
class LeaseRenewalTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    @DisplayName("F22 held and renewable: renewed at two thirds, one mint within the limit, the consumer is left alone")
    void isRenewedAtTwoThirds() {
        try (var stand = new LeaseStand(HOUR, Duration.ofHours(24))) {
            LiveSecret<SecretValue> handle = stand.hold();
            var told = new ArrayList<String>();
            handle.subscribe(value -> told.add(value.reveal()));

            stand.time.advance(Duration.ofHours(20));

            assertThat(stand.store.count(What.MINT)).isEqualTo(1);
            assertThat(stand.seconds(What.RENEW)).hasSize(30);
            assertThat(gaps(stand.seconds(What.RENEW)))
                    .allSatisfy(gap -> assertThat(gap).isCloseTo(2400, within(1.0)));
            assertThat(stand.events(SecretEvent.LeaseRenewed.class))
                    .hasSize(30)
                    .allSatisfy(event -> assertThat(event.ttl()).isEqualTo(HOUR));
            assertThat(stand.events(SecretEvent.Rotated.class)).isEmpty();
            assertThat(told).containsExactly("user-1");
            assertThat(stand.store.count(What.REVOKE)).isZero();
        }
    }

    @Test
    void statusTellsHowMuchIsLeftAndHowOldItIs() {
        try (var stand = new LeaseStand(HOUR, Duration.ofHours(24))) {
            LiveSecret<SecretValue> handle = stand.hold();

            stand.time.advance(Duration.ofMinutes(39));
            SecretStatus before = handle.status();
            stand.time.advance(Duration.ofMinutes(2));
            SecretStatus after = handle.status();

            assertThat(before.leaseLeft()).contains(Duration.ofMinutes(21));
            assertThat(before.age()).isEqualTo(Duration.ofMinutes(39));
            assertThat(after.leaseLeft().orElseThrow()).isEqualTo(Duration.ofMinutes(59));
            assertThat(after.age()).isEqualTo(Duration.ofMinutes(1));
            assertThat(after.state()).isEqualTo(SecretStatus.State.FRESH);
        }
    }

    @Test
    @DisplayName("F22 at the limit the next account is there while the one before lives, and that is left to its end")
    void isReplacedBeforeTheLimit() {
        try (var stand = new LeaseStand(Duration.ofMinutes(1), Duration.ofMinutes(5))) {
            LiveSecret<SecretValue> handle = stand.hold();
            var lefts = new ArrayList<Duration>();
            handle.subscribe(value -> {
                String number = value.reveal().substring("user-".length());
                int last = Integer.parseInt(number) - 1;
                if (last > 0) {
                    lefts.add(stand.store.left("user-" + last));
                }
            });

            stand.useFor(handle, Duration.ofMinutes(52), SECOND);

            assertThat(stand.store.count(What.MINT)).isBetween(10, 14);
            assertThat(gaps(stand.seconds(What.MINT)))
                    .allSatisfy(gap -> assertThat(gap).isBetween(240.0, 300.0));
            stand.time.settle();
            assertThat(lefts)
                    .hasSizeGreaterThanOrEqualTo(9)
                    .allSatisfy(left -> assertThat(left).isGreaterThan(SECOND));
            assertThat(stand.store.count(What.REVOKE)).isZero();
            assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
        }
    }

    @Test
    @DisplayName("F23 not renewable: replaced at two thirds, both live until the first ends")
    void isReplacedWhereItCannotBeRenewed() {
        var store = new LeaseStore(Duration.ofMinutes(1), Duration.ofMinutes(1)).notRenewable();
        try (var stand = new LeaseStand(store, RefreshPolicy.unset())) {
            LiveSecret<SecretValue> handle = stand.hold();

            stand.useFor(handle, Duration.ofMinutes(7), SECOND);

            assertThat(store.count(What.MINT)).isEqualTo(11);
            assertThat(gaps(stand.seconds(What.MINT)))
                    .allSatisfy(gap -> assertThat(gap).isCloseTo(40, within(0.1)));
            assertThat(store.count(What.RENEW)).isZero();
            assertThat(store.count(What.REVOKE)).isZero();
            assertThat(stand.events(SecretEvent.Rotated.class)).hasSize(10);
            // The last was minted at 400 s, the one before lives until 420 s.
            assertThat(store.living()).containsExactly("user-11");
        }
    }

    @Test
    void whatWasReplacedLivesToItsEnd() {
        var store = new LeaseStore(Duration.ofMinutes(1), Duration.ofMinutes(1)).notRenewable();
        try (var stand = new LeaseStand(store, RefreshPolicy.unset())) {
            LiveSecret<SecretValue> handle = stand.hold();

            stand.time.advance(Duration.ofSeconds(41));

            assertThat(user(handle)).isEqualTo("user-2");
            assertThat(store.living()).containsExactly("user-1", "user-2");
            stand.time.advance(Duration.ofSeconds(18));
            assertThat(store.living()).containsExactly("user-1", "user-2");
        }
    }

    @Test
    @DisplayName("F24 a renewal that is cut short near the limit leads to one mint, no string of renewals")
    void truncatedRenewalLeadsToAMint() {
        try (var stand = new LeaseStand(Duration.ofSeconds(60), Duration.ofSeconds(100))) {
            LiveSecret<SecretValue> handle = stand.hold();

            stand.useFor(handle, Duration.ofSeconds(99), SECOND);

            assertThat(stand.store.count(What.MINT)).isEqualTo(2);
            assertThat(stand.store.count(What.RENEW)).isLessThanOrEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, -3_600})
    @DisplayName("F24 a renewal answered with no time, or less, is no extension: a new account within two seconds")
    void renewalThatGivesNothingIsReplaced(long seconds) {
        try (var stand = new LeaseStand(Duration.ofSeconds(60), HOUR)) {
            LiveSecret<SecretValue> handle = stand.hold();
            stand.store.renewalsState(granted -> Duration.ofSeconds(seconds));

            stand.useFor(handle, Duration.ofMinutes(5), SECOND);

            assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
            var renewals = stand.seconds(What.RENEW);
            var mints = stand.seconds(What.MINT);
            assertThat(mints).hasSize(renewals.size() + 1);
            for (int i = 0; i < renewals.size(); i++) {
                assertThat(mints.get(i + 1) - renewals.get(i)).isBetween(0.5, 2.0);
            }
            assertThat(gaps(mints)).allSatisfy(gap -> assertThat(gap).isGreaterThan(40));
        }
    }

    @Test
    @DisplayName("F24 a renewal that brings less, for good, goes on by its own time")
    void shorterRenewalsAreFollowed() {
        try (var stand = new LeaseStand(Duration.ofSeconds(60), HOUR)) {
            LiveSecret<SecretValue> handle = stand.hold();
            stand.store.lasting(Duration.ofSeconds(30), HOUR);

            stand.useFor(handle, Duration.ofMinutes(5), SECOND);

            assertThat(stand.store.count(What.MINT)).isEqualTo(1);
            assertThat(gaps(stand.seconds(What.RENEW)))
                    .allSatisfy(gap -> assertThat(gap).isCloseTo(20, within(0.1)));
        }
    }

    @Test
    void aRenewalThatSaysItCannotBeRenewedAgainIsTheLast() {
        try (var stand = new LeaseStand(Duration.ofSeconds(60), HOUR)) {
            LiveSecret<SecretValue> handle = stand.hold();
            LeaseStore unused = stand.store.notRenewable();

            stand.useFor(handle, Duration.ofSeconds(100), SECOND);

            assertThat(stand.store.count(What.RENEW)).isEqualTo(1);
            assertThat(stand.seconds(What.MINT)).hasSize(2);
            assertThat(stand.seconds(What.MINT).get(1)).isCloseTo(80, within(0.1));
        }
    }

    @Test
    void aLeaseWithoutAnEndIsLeftAlone() {
        try (var stand = new LeaseStand(Duration.ZERO, HOUR)) {
            LiveSecret<SecretValue> handle = stand.hold();

            stand.time.advance(Duration.ofDays(2));

            assertThat(user(handle)).isEqualTo("user-1");
            assertThat(stand.store.calls()).hasSize(1);
            assertThat(handle.status().leaseLeft()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"firstOf", "failover", "mapped"})
    void combinationsKeepTheLease(String kind) {
        var store = new LeaseStore(Duration.ofSeconds(60), HOUR);
        var empty = new LeaseStore(Duration.ofSeconds(60), HOUR).when(What.MINT, LeaseStore.missing());
        SecretSource combined = switch (kind.toLowerCase(Locale.ROOT)) {
            case "firstof" -> SecretSources.firstOf(empty, store);
            case "failover" -> SecretSources.failover(empty, store);
            default -> SecretSources.mapped(store, path -> "prod/" + path);
        };
        var time = FakeTime.create();
        try (Secrets secrets =
                Secrets.builder().time(time).source("s", combined).build()) {
            LiveSecret<SecretValue> handle = secrets.live("s:app");

            time.advance(Duration.ofMinutes(10));

            assertThat(user(handle)).isEqualTo("user-1");
            assertThat(store.count(What.MINT)).isEqualTo(1);
            assertThat(store.count(What.RENEW)).isEqualTo(15);
            assertThat(handle.status().leaseLeft()).isPresent();
            handle.close();
            time.advance(Duration.ofSeconds(31));
            assertThat(store.count(What.REVOKE)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("F23 a refresh interval shorter or longer than the lease changes nothing")
    void theRefreshIntervalDoesNotMatter() {
        for (Duration interval : List.of(SECOND, Duration.ofHours(5))) {
            var store = new LeaseStore(Duration.ofSeconds(60), HOUR);
            var policy = RefreshPolicy.unset().withRefreshAfter(interval).withMaxStale(interval.multipliedBy(12));
            try (var stand = new LeaseStand(store, policy)) {
                LiveSecret<SecretValue> handle = stand.hold();

                stand.useFor(handle, Duration.ofMinutes(10), SECOND);

                assertThat(store.count(What.MINT)).isEqualTo(1);
                assertThat(store.count(What.RENEW)).isEqualTo(15);
                assertThat(refusal(handle)).isNull();
            }
        }
    }
}
