package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Replay a failure with {@code -Dsecretsource.seed=} and the seed in its message. */
class PlanTest {

    private static final int SEEDS = 10_000;
    private static final long FIRST_SEED = Long.getLong("secretsource.seed", new Random().nextLong());

    /** The gaps of the first failures, as one run of bad luck draws them. */
    private static long[] gaps(long seed, int count) {
        var random = new Random(seed);
        var gaps = new long[count];
        for (int i = 0; i < count; i++) {
            gaps[i] = Plan.backOff(i + 1, random.nextDouble());
        }
        return gaps;
    }

    @Test
    @DisplayName("I6 every gap is at least half its step and at most the step")
    void gapsLieInTheUpperHalfOfTheirStep() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            long step = Plan.SECOND;
            for (long gap : gaps(seed, 20)) {
                assertThat(gap).as("seed %s", seed).isBetween(step / 2, step);
                step = Math.min(60 * Plan.SECOND, 2 * step);
            }
        }
    }

    @Test
    @DisplayName("P9 never more than three calls in three seconds")
    void atMostThreeCallsInThreeSeconds() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            long[] gaps = gaps(seed, 20);
            for (int i = 0; i + 2 < gaps.length; i++) {
                long fourCalls = gaps[i] + gaps[i + 1] + gaps[i + 2];
                assertThat(fourCalls).as("seed %s", seed).isGreaterThan(3 * Plan.SECOND);
            }
        }
    }

    @Test
    void backOffEndsAtAMinuteHoweverLongTheOutage() {
        for (int failures : new int[] {7, 32, 63, 64, 65, 1_000, Integer.MAX_VALUE}) {
            assertThat(Plan.backOff(failures, 0)).isEqualTo(30 * Plan.SECOND);
            assertThat(Plan.backOff(failures, 0.999_999)).isBetween(59 * Plan.SECOND, 60 * Plan.SECOND);
        }
    }

    @Test
    void retryAfterIsAFloorBetweenOneSecondAndAMinute() {
        assertThat(Plan.backOff(1, Duration.ofSeconds(20), 0)).isEqualTo(20 * Plan.SECOND);
        assertThat(Plan.backOff(1, Duration.ZERO, 0)).isEqualTo(Plan.SECOND);
        assertThat(Plan.backOff(1, Duration.ofSeconds(-5), 0)).isEqualTo(Plan.SECOND);
        assertThat(Plan.backOff(1, Duration.ofSeconds(Long.MAX_VALUE), 0)).isEqualTo(60 * Plan.SECOND);
        assertThat(Plan.backOff(1, Duration.ofSeconds(Long.MIN_VALUE), 0)).isEqualTo(Plan.SECOND);
        assertThat(Plan.backOff(7, Duration.ofSeconds(2), 0)).isEqualTo(30 * Plan.SECOND);
    }

    @Test
    void refreshesStayInTheirWindows() {
        var interval = Duration.ofMinutes(5);
        for (double random = 0; random < 1; random += 0.001) {
            assertThat(Duration.ofNanos(Plan.firstRefresh(interval, random)))
                    .isBetween(interval.dividedBy(2), interval);
            assertThat(Duration.ofNanos(Plan.refresh(interval, random)))
                    .isBetween(interval.multipliedBy(9).dividedBy(10), interval);
            assertThat(Duration.ofNanos(Plan.confirmation(random)))
                    .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        }
    }

    @Test
    void whatIsGoneIsLookedForEveryHalfMinuteAtMost() {
        assertThat(Plan.recheckGone(Duration.ofSeconds(1))).isEqualTo(30 * Plan.SECOND);
        assertThat(Plan.recheckGone(Duration.ofMinutes(5))).isEqualTo(300 * Plan.SECOND);
    }

    @Test
    void longDurationsDoNotOverflow() {
        long longest = Plan.nanos(Duration.ofSeconds(Long.MAX_VALUE));

        assertThat(longest).isPositive();
        assertThat(System.nanoTime() + longest - System.nanoTime()).isPositive();
        assertThat(Plan.firstRefresh(Duration.ofDays(1_000_000), 0.5)).isPositive();
    }
}
