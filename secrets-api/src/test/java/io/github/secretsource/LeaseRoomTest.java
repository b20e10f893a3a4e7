package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When a lease is renewed or replaced: pure arithmetic, over many of them. */
class LeaseRoomTest {

    private static final int SEEDS = 10_000;

    private record Paper(Duration ttl, boolean renewable) implements Lease {

        @Override
        public String id() {
            return "paper";
        }

        @Override
        public Lease renew(FetchContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void revoke(FetchContext context) {
            throw new UnsupportedOperationException();
        }
    }

    /** From a millisecond to years, short ones as likely as long ones. */
    private static Duration someTime(Random random) {
        return Duration.ofNanos((long) Math.exp(random.nextDouble() * 27 + Math.log(1e6)));
    }

    @Test
    @DisplayName("F24 10,000 leases: the sleep is shorter than what is left, unless that is a second, and never zero")
    void sleepsLessThanWhatIsLeft() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            long sent = random.nextLong() / 4;
            Duration ttl = someTime(random);
            var room = new LeaseRoom(LeaseTerms.of(new Paper(ttl, random.nextBoolean())), sent, Schedule.NEVER);

            long sleep = room.due() - sent;

            assertThat(sleep).as("seed %s, ttl %s", seed, ttl).isGreaterThanOrEqualTo(Plan.SECOND);
            if (ttl.compareTo(Duration.ofMillis(1_500)) >= 0) {
                assertThat(sleep).as("seed %s, ttl %s", seed, ttl).isLessThan(ttl.toNanos());
                assertThat((double) sleep / ttl.toNanos()).isBetween(0.66, 0.67);
            }
            assertThat(room.ends() - sent).isEqualTo(ttl.toNanos());
            assertThat(room.hasEnded(room.ends() - 1)).isFalse();
            assertThat(room.hasEnded(room.ends())).isTrue();
        }
    }

    @Test
    @DisplayName("F24 10,000 strings of renewals with any answer: never planned in the past, nor past what is left")
    void renewalsAreNeverPlannedInThePast() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            long now = random.nextLong() / 4;
            var room = new LeaseRoom(LeaseTerms.of(new Paper(someTime(random), true)), now, Schedule.NEVER);
            for (int i = 0; i < 10; i++) {
                long sent = room.due();
                now = sent + random.nextInt(1_000);
                Duration ttl = switch (random.nextInt(6)) {
                    case 0 -> Duration.ZERO;
                    case 1 -> Duration.ofSeconds(-random.nextInt(1_000));
                    case 2 -> Duration.ofNanos(1);
                    default -> someTime(random);
                };
                long endBefore = room.ends();

                boolean unused = room.renewed(LeaseTerms.of(new Paper(ttl, random.nextInt(5) > 0)), sent, now);

                String run = "seed " + seed + ", renewal " + i + ", ttl " + ttl;
                assertThat(room.due() - now).as(run).isNotNegative();
                boolean granted = !ttl.isZero() && !ttl.isNegative();
                assertThat(room.ends()).as(run).isEqualTo(granted ? sent + ttl.toNanos() : endBefore);
                if (room.due() - now < Plan.SECOND / 2) {
                    assertThat(room.isReplaced(room.due()))
                            .as("%s: renewed again at once", run)
                            .isTrue();
                }
                if (room.isReplaced(room.due())) {
                    long minted = room.due();
                    room = new LeaseRoom(LeaseTerms.of(new Paper(someTime(random), true)), minted, Schedule.NEVER);
                }
            }
        }
    }

    @Test
    void isReplacedRatherThanRenewedInTheLastSixth() {
        long hour = 3_600 * Plan.SECOND;
        var room = new LeaseRoom(LeaseTerms.of(new Paper(Duration.ofHours(1), true)), 0, Schedule.NEVER);

        assertThat(room.isReplaced(hour / 6 * 5 - 1)).isFalse();
        assertThat(room.isReplaced(hour / 6 * 5)).isTrue();
        assertThat(new LeaseRoom(LeaseTerms.of(new Paper(Duration.ofHours(1), false)), 0, Schedule.NEVER).isReplaced(0))
                .isTrue();
    }

    @Test
    @DisplayName(
            "I10 a wall clock that ran ahead takes off what it ran, but leaves 15 s; one that ran back adds nothing")
    void suspicionTakesOffTimeAndNeverAddsAny() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            Duration ttl = someTime(random);
            var room = new LeaseRoom(LeaseTerms.of(new Paper(ttl, true)), 0, Schedule.NEVER);
            long passed = Plan.nanos(someTime(random)) * (random.nextInt(3) - 1);
            long before = room.ends();

            room.suspect(passed, 0);

            long grace = 15 * Plan.SECOND;
            long expected = passed <= 0 || before <= grace ? before : Math.max(before - passed, grace);
            assertThat(room.ends()).as("seed %s", seed).isEqualTo(expected);
        }
    }
}
