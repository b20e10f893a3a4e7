package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.throttled;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How often a source is asked that cannot answer: the number and the spacing of calls. */
class BackOffTest {

    private static final Duration OUTAGE = Duration.ofMinutes(10);

    private final Stand stand = new Stand();
    private final ScriptedSource source = stand.source;

    @AfterEach
    void close() {
        stand.close();
    }

    /** The gaps between the calls that failed. */
    private List<Duration> gaps(int successes) {
        var gaps = RefreshTest.gaps(source, "app");
        return gaps.subList(Math.min(successes, gaps.size()), gaps.size());
    }

    private static void assertSpaced(List<Duration> gaps) {
        long step = 1_000;
        for (Duration gap : gaps) {
            assertThat(gap).isGreaterThanOrEqualTo(Duration.ofMillis(step / 2));
            step = Math.min(60_000, 2 * step);
        }
        for (int i = 0; i + 2 < gaps.size(); i++) {
            assertThat(gaps.get(i).plus(gaps.get(i + 1)).plus(gaps.get(i + 2)))
                    .as("four calls take more than 3 s")
                    .isGreaterThan(Duration.ofSeconds(3));
        }
    }

    @Test
    @DisplayName("I6 P9 a held secret asks ever less often, at least once a minute")
    void heldSecretBacksOff() {
        assertThat(stand.secrets.live(APP).get()).isNotNull();
        source.always(down());

        stand.time.advance(INTERVAL.plus(OUTAGE));

        assertSpaced(gaps(1));
        assertThat(gaps(1)).hasSizeBetween(12, 26).allMatch(gap -> gap.compareTo(Duration.ofSeconds(60)) <= 0);
    }

    @Test
    @DisplayName("I6 readers of a secret that never came cannot make it ask more often")
    void impatientReadersOfAColdSecretDoNotMatter() {
        source.always(down());

        for (int i = 0; i < OUTAGE.toMillis(); i += 100) {
            assertThat(stand.refused()).isInstanceOf(SecretUnavailableException.class);
            stand.time.advance(Duration.ofMillis(100));
        }

        assertSpaced(gaps(0));
        assertThat(source.calls()).hasSizeBetween(12, 26);
    }

    @Test
    @DisplayName("I6 rare readers of a secret that never came find its back-off as they left it")
    void backOffOutlivesASilence() {
        source.always(down());
        for (int i = 0; i < 8; i++) {
            assertThat(stand.refused()).isNotNull();
            stand.time.advance(Duration.ofSeconds(60));
        }
        int calls = source.calls().size();

        for (int i = 0; i < 28; i++) {
            assertThat(stand.refused()).isNotNull();
            stand.time.advance(Duration.ofSeconds(1));
        }

        assertThat(source.calls()).hasSize(calls + 1);
    }

    @Test
    @DisplayName("I6 the first success ends it")
    void successStartsAnew() {
        assertThat(stand.secrets.live(APP).get()).isNotNull();
        source.always(down());
        stand.time.advance(OUTAGE);
        source.always(value("first"));
        stand.time.advance(Duration.ofMinutes(1));
        int calls = source.calls().size();
        source.always(down());

        stand.time.advance(INTERVAL.plusSeconds(10));

        assertSpaced(gaps(calls));
        assertThat(gaps(calls).get(0)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("I6 Retry-After is honoured")
    void honoursRetryAfter() {
        assertThat(stand.secrets.live(APP).get()).isNotNull();
        source.always(throttled(Duration.ofSeconds(20)));

        stand.time.advance(OUTAGE);

        assertThat(gaps(1)).hasSizeGreaterThan(5).allMatch(gap -> gap.toSeconds() >= 20);
    }

    @Test
    @DisplayName("I6 Retry-After is believed for a minute at most")
    void doesNotBelieveEveryRetryAfter() {
        assertThat(stand.secrets.live(APP).get()).isNotNull();
        source.always(throttled(Duration.ofDays(1)));

        stand.time.advance(OUTAGE);

        assertThat(gaps(1)).hasSizeGreaterThan(3).containsOnly(Duration.ofSeconds(60));
    }

    @Test
    @DisplayName("I6 a watch that flaps does not shorten the gaps of a remote store")
    void flappingWatchDoesNotMatter() {
        assertThat(stand.secrets.live(APP).get()).isNotNull();
        source.always(source.taking(Duration.ofMillis(700), down()));

        for (int i = 0; i < 3_000; i++) {
            stand.time.advance(Duration.ofMillis(100));
            source.hint();
        }

        assertSpaced(gaps(1));
        assertThat(source.calls()).hasSizeLessThan(20);
    }

    @Test
    @DisplayName("I6 nor does it for readers of a secret that nobody holds")
    void flappingWatchDoesNotMatterToColdReads() {
        source.always(down());

        for (int i = 0; i < 3_000; i++) {
            assertThat(stand.refused()).isNotNull();
            stand.time.advance(Duration.ofMillis(100));
            source.hint();
        }

        assertSpaced(gaps(0));
    }

    @Test
    @DisplayName("I6 a store that cannot make up its mind is not asked more often for it")
    void mixedAnswersDoNotMatter() {
        var random = new Random(7);
        assertThat(stand.secrets.live(APP).get()).isNotNull();
        source.always((id, context) -> (random.nextBoolean() ? down() : missing()).to(id, context));

        stand.time.advance(OUTAGE);

        var gaps = gaps(1);
        for (int i = 0; i + 2 < gaps.size(); i++) {
            assertThat(gaps.get(i).plus(gaps.get(i + 1)).plus(gaps.get(i + 2)))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(2_500));
        }
    }
}
