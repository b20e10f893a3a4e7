package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.throttled;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A source that asks to be left alone is left alone, for all of its secrets; nobody is held up afterwards. */
class SourcePauseTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofSeconds(20);

    private Stand stand = new Stand(RefreshPolicy.unset().withRefreshAfter(MINUTE));

    @AfterEach
    void close() {
        stand.close();
    }

    private void standWith(Duration refreshAfter, Duration maxStale) {
        stand.close();
        stand = new Stand(RefreshPolicy.unset().withRefreshAfter(refreshAfter).withMaxStale(maxStale));
    }

    private List<LiveSecret<SecretValue>> hold(int count) {
        var handles = new ArrayList<LiveSecret<SecretValue>>();
        for (int i = 0; i < count; i++) {
            handles.add(stand.secrets.live("s:app" + i));
        }
        return handles;
    }

    private SecretUnavailableException refused(String ref) {
        return catchThrowableOfType(SecretUnavailableException.class, () -> stand.secrets.get(ref));
    }

    private CallTimes calls() {
        return CallTimes.of(stand.source);
    }

    /** The next read of a new secret is throttled; what comes after it is not. */
    private long throttle(Duration retryAfter) {
        stand.source.once(throttled(retryAfter));
        assertThat(refused("s:throttled").retryAfter()).contains(retryAfter);
        return stand.time.nanos();
    }

    private void assertNobodyLags(Duration most) {
        assertThat(stand.secrets.statuses()).allSatisfy(status -> {
            assertThat(status.state()).isEqualTo(SecretStatus.State.FRESH);
            assertThat(status.age()).isLessThanOrEqualTo(most);
        });
    }

    @Test
    @DisplayName("F7 nothing is asked for in the time that Retry-After states, then all at a walking pace")
    void asksNothingWhilePaused() {
        hold(190);
        stand.time.advance(MINUTE.dividedBy(2));
        long paused = throttle(PAUSE);

        stand.time.advance(PAUSE.minusNanos(1));

        assertThat(calls().after(paused).count()).isZero();
        long over = stand.time.nanos();
        stand.time.advance(Duration.ofSeconds(10));
        assertThat(calls().after(over).count()).isEqualTo(100);
        assertThat(calls().after(over).mostWithin(Duration.ofSeconds(1))).isLessThanOrEqualTo(10);
        stand.time.advance(MINUTE);
        assertNobodyLags(MINUTE);
    }

    @Test
    @DisplayName("F7 who reads, hints or was refused meanwhile gets an answer at once, with the time that is left")
    void answersAtOnceWhilePaused() {
        var handle = hold(10).get(3);
        stand.time.advance(Duration.ofSeconds(1));
        long paused = throttle(PAUSE);

        for (int second = 0; second < 20; second++) {
            var left = PAUSE.minusSeconds(second);
            assertThat(refused("s:cold" + second).retryAfter()).contains(left);
            assertThat(refused("s:throttled").retryAfter()).isPresent();
            assertThat(handle.rejected(handle.get())).isEmpty();
            var within = catchThrowableOfType(
                    SecretUnavailableException.class, () -> stand.secrets.getWithin("s:app4", Duration.ZERO));
            assertThat(within).isNotNull();
            stand.source.hint();
            assertThat(stand.time.nanos() - paused)
                    .isEqualTo(Duration.ofSeconds(second).toNanos());
            assertThat(calls().after(paused).count()).isZero();
            stand.time.advance(Duration.ofSeconds(1).minusNanos(second == 19 ? 1 : 0));
        }
        stand.time.advance(Duration.ofNanos(1));
        assertThat(stand.secrets.get("s:cold").reveal()).isEqualTo("first");
        assertThat(stand.events(SecretEvent.RefreshFailed.class)).isEmpty();
    }

    @ParameterizedTest(name = "F7 Retry-After of {0} s is taken for {1} s")
    @CsvSource({"0,1", "-5,1", "1000000000,60", "9223372036854775807,60", "-9223372036854775808,1", "7,7"})
    void believesOneToSixtySeconds(long asked, long taken) {
        throttle(Duration.ofSeconds(asked));
        stand.time.advance(Duration.ofSeconds(taken).minusNanos(1));
        assertThat(refused("s:cold")).isNotNull();

        stand.time.advance(Duration.ofNanos(1));

        assertThat(stand.secrets.get("s:other").reveal()).isEqualTo("first");
    }

    @Test
    @DisplayName("F7 a shorter pause does not end a longer one")
    void theLongerPauseCounts() throws Exception {
        stand.source.once(stand.source.taking(Duration.ofSeconds(1), throttled(Duration.ofSeconds(2))));
        var slow = stand.reading("s:slow");
        stand.untilWaiting(1);
        stand.time.settle();
        throttle(PAUSE);

        stand.time.advance(Duration.ofSeconds(5));

        assertThat(slow.failure()).isInstanceOf(SecretUnavailableException.class);
        assertThat(refused("s:cold").retryAfter()).contains(Duration.ofSeconds(15));
    }

    @Test
    @DisplayName("F7 what was on its way is answered all the same; what had not left stays")
    void whatIsOnItsWayLands() throws Exception {
        stand.close();
        stand = new Stand(RefreshPolicy.unset(), SourceTraits.defaults().withPermits(2));
        stand.source.once(stand.source.taking(Duration.ofSeconds(1), value("slow")));
        stand.source.once(stand.source.taking(Duration.ofMillis(500), throttled(PAUSE)));
        var first = stand.reading("s:a");
        stand.untilWaiting(1);
        stand.time.settle();
        var second = stand.reading("s:b");
        stand.untilWaiting(1);
        stand.time.settle();
        var third = stand.reading("s:c");
        stand.untilWaiting(1);

        stand.time.advance(Duration.ofSeconds(1));

        assertThat(first.value()).isEqualTo("slow");
        assertThat(second.failure()).isInstanceOf(SecretUnavailableException.class);
        assertThat(third.failure()).hasMessageContaining("throttled");
        assertThat(stand.source.calls("c")).isEmpty();
    }

    @Test
    @DisplayName("F7 a source that throttles every call gets one call per pause")
    void throttledAgainAndAgain() {
        hold(200);
        stand.source.always(throttled(Duration.ofSeconds(10)));
        stand.time.advance(MINUTE);
        long now = stand.time.nanos();

        stand.time.advance(MINUTE.multipliedBy(10));

        assertThat(calls().after(now).count()).isBetween(50, 61);
        assertThat(calls().after(now).gaps()).allMatch(gap -> gap.toSeconds() >= 10);
    }

    @Test
    @DisplayName("F7 an answer within a pause does not end it")
    void anAnswerDoesNotEndIt() throws Exception {
        stand.source.once(stand.source.taking(Duration.ofSeconds(1), missing()));
        var slow = stand.reading(APP);
        stand.untilWaiting(1);
        stand.time.settle();
        throttle(PAUSE);

        stand.time.advance(Duration.ofSeconds(2));

        assertThat(slow.failure()).isInstanceOf(SecretNotFoundException.class);
        assertThat(refused("s:cold").retryAfter()).contains(PAUSE.minusSeconds(2));
    }

    @Test
    @DisplayName("F7 a secret denied within a pause is not asked for a second time in it")
    void aDenialIsNotDoubtedWithinAPause() throws Exception {
        stand.source.once(stand.source.taking(Duration.ofSeconds(1), denied()));
        var slow = stand.reading(APP);
        stand.untilWaiting(1);
        stand.time.settle();
        throttle(PAUSE);

        stand.time.advance(Duration.ofSeconds(2));

        assertThat(stand.source.calls("app")).hasSize(1);
        assertThat(slow.failure()).isInstanceOf(SecretException.class);
    }

    @Test
    @DisplayName("F7 after a pause the walking pace is no slower than what the secrets in use need")
    void thePaceAfterAPauseKeepsUp() {
        hold(2_000); // 33 refreshes a second.
        stand.time.advance(Duration.ofSeconds(40));
        throttle(PAUSE);

        stand.time.advance(MINUTE.multipliedBy(10));

        assertNobodyLags(MINUTE.multipliedBy(2));
    }

    @Test
    @DisplayName("F18 nor is it after a freeze")
    void thePaceAfterAFreezeKeepsUp() {
        standWith(Duration.ofSeconds(2), Duration.ofSeconds(8));
        hold(100); // 50 refreshes a second.
        stand.time.advance(MINUTE);
        assertNobodyLags(Duration.ofSeconds(2));

        stand.time.freeze(Duration.ofMillis(2_500));
        stand.time.advance(MINUTE);

        assertNobodyLags(Duration.ofSeconds(4));
    }

    @Test
    @DisplayName("F2 nor is it after an outage, where the interval is short")
    void thePaceAfterAnOutageKeepsUp() {
        stand.close();
        var eager =
                RefreshPolicy.unset().withRefreshAfter(Duration.ofSeconds(2)).withMaxStale(MINUTE);
        var traits = SourceTraits.defaults().withPolicy(eager);
        stand = new Stand(RefreshPolicy.unset(), traits);
        hold(100);
        stand.source.always(ScriptedSource.down());
        stand.time.advance(Duration.ofSeconds(20));
        stand.source.always(value("second"));

        stand.time.advance(MINUTE);

        assertNobodyLags(Duration.ofSeconds(4));
    }
}
