package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clocks that part, and a machine that froze: what is held is looked at again, in good order. */
class DriftTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration TEN = Duration.ofSeconds(10);

    private final Stand stand = new Stand();

    @AfterEach
    void close() {
        stand.close();
    }

    private List<LiveSecret<SecretValue>> hold(int count) {
        var handles = new ArrayList<LiveSecret<SecretValue>>();
        for (int i = 0; i < count; i++) {
            handles.add(stand.secrets.live("s:app" + i));
        }
        return handles;
    }

    private CallTimes calls() {
        return CallTimes.of(stand.source);
    }

    private long callsPerSecret(long after) {
        var counts = stand.source.calls().stream()
                .filter(call -> call.nanos() > after)
                .collect(Collectors.groupingBy(ScriptedSource.Call::id, Collectors.counting()));
        assertThat(counts.values()).containsOnly(1L);
        return counts.size();
    }

    @ParameterizedTest(name = "F17 after a jump of {0} s every secret in use is asked for once within 10 s")
    @ValueSource(longs = {3, 3_600, 86_400 * 365 * 20L, -3, -3_600, -86_400 * 365 * 20L})
    void asksOnceForAll(long seconds) {
        var handles = hold(200);
        for (int i = 0; i < 20; i++) {
            assertThat(stand.secrets.get("s:read" + i)).isNotNull();
        }
        stand.time.advance(TEN);
        stand.source.always(value("second"));
        stand.time.jumpWallClock(Duration.ofSeconds(seconds));
        long jump = stand.time.nanos();

        for (int second = 0; second <= 11; second++) {
            assertThat(handles).allSatisfy(handle -> assertThat(handle.get()).isNotNull());
            stand.time.advance(SECOND);
        }

        assertThat(callsPerSecret(jump)).isEqualTo(220);
        assertThat(calls().after(jump).mostWithin(SECOND)).isLessThanOrEqualTo(23); // 220 in 10 s.
        assertThat(calls().after(jump).nanos())
                .last()
                .matches(last -> last - jump <= TEN.plus(SECOND).toNanos());
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
        assertThat(stand.secrets.get("s:read3").reveal()).isEqualTo("second");
    }

    @ParameterizedTest(name = "F17 a jump of {0} s does nothing")
    @ValueSource(longs = {1, -1, 2, -2})
    void smallJumpsDoNothing(long seconds) {
        hold(50);
        stand.time.advance(TEN);
        long jump = stand.time.nanos();
        for (int i = 0; i < 10; i++) {
            stand.time.jumpWallClock(Duration.ofSeconds(seconds));
            stand.time.advance(SECOND);
        }

        assertThat(calls().after(jump).count()).isZero();
    }

    @Test
    @DisplayName("F17 few are asked for at ten a second")
    void fewGoAtAWalkingPace() {
        hold(30);
        stand.time.advance(TEN);
        stand.time.jumpWallClock(Duration.ofHours(1));
        long jump = stand.time.nanos();

        stand.time.advance(TEN);

        assertThat(callsPerSecret(jump)).isEqualTo(30);
        assertThat(calls().after(jump).mostWithin(SECOND)).isLessThanOrEqualTo(10);
    }

    @Test
    @DisplayName("F17 a clock that jumps again and again does not shorten the back-off of what fails")
    void jumpsDoNotShortenTheBackOff() {
        hold(2);
        stand.source.always((id, context) -> (id.path().equals("app0") ? down() : value("first")).to(id, context));
        stand.time.advance(INTERVAL.multipliedBy(2));
        int before = stand.source.calls("app0").size();

        for (int i = 0; i < 100; i++) {
            stand.time.jumpWallClock(Duration.ofSeconds(i % 2 == 0 ? 5 : -5));
            stand.time.advance(Duration.ofSeconds(3));
        }

        assertThat(stand.source.calls("app0").size() - before).isLessThanOrEqualTo(11); // 300 s of 30 s at least.
    }

    @Test
    @DisplayName("F17 an answer sent for before the jump does not count as one of after it")
    void whatWasOnItsWayIsAskedForAgain() {
        var handle = hold(1).get(0);
        stand.source.always(stand.source.taking(Duration.ofMillis(2_500), value("before")));
        stand.time.advance(SECOND);
        stand.source.hint();
        stand.time.settle();
        assertThat(stand.source.calls()).hasSize(2);
        stand.time.jumpWallClock(Duration.ofHours(1));
        stand.source.always(value("after"));

        stand.time.advance(TEN.plus(SECOND));

        assertThat(handle.get().reveal()).isEqualTo("after");
    }

    @Test
    @DisplayName("F17 a jump between two looks at a missing secret does not hasten the second")
    void aJumpDoesNotHastenTheSecondOpinion() {
        var handle = hold(1).get(0);
        stand.time.advance(TEN.plusMillis(900));
        stand.source.always(ScriptedSource.missing());
        stand.source.hint();
        stand.time.settle();
        assertThat(stand.source.calls()).hasSize(2);

        stand.time.jumpWallClock(Duration.ofHours(1));
        stand.time.advance(Duration.ofMillis(900)); // The second look is worth something after a second.

        assertThat(handle.get()).isNotNull();
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
    }

    @Test
    @DisplayName("F18 after a freeze what is overdue is asked for at a walking pace, and served meanwhile")
    void afterAFreezeThereIsNoBurst() {
        var handles = hold(300);
        stand.time.advance(SECOND);
        stand.time.freeze(INTERVAL);
        long thawed = stand.time.nanos();

        for (int second = 0; second <= 10; second++) {
            assertThat(handles).allSatisfy(handle -> assertThat(handle.get()).isNotNull());
            stand.time.advance(SECOND);
        }

        assertThat(callsPerSecret(thawed - 1)).isEqualTo(300);
        assertThat(calls().since(thawed).mostWithin(SECOND)).isLessThanOrEqualTo(31);
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
    }

    @Test
    @DisplayName("F18 after a long freeze what is too old is refused first and comes back within 10 s")
    void afterALongFreezeAllComeBack() {
        var handles = hold(100);
        stand.time.freeze(Stand.MAX_STALE.plusSeconds(1));

        assertThat(stand.events(SecretEvent.Withdrawn.class)).hasSize(100);
        stand.time.advance(TEN);

        assertThat(handles).allSatisfy(handle -> assertThat(handle.get()).isNotNull());
        assertThat(stand.secrets.get(APP)).isNotNull();
    }

    @Test
    @DisplayName("F2 F5 a jump while the source is down does not make it ask more often")
    void aJumpInAnOutage() {
        hold(100);
        stand.source.always(down());
        stand.time.advance(INTERVAL);
        long now = stand.time.nanos();

        for (int i = 0; i < 60; i++) {
            stand.time.jumpWallClock(Duration.ofSeconds(10));
            stand.time.advance(SECOND);
        }

        assertThat(calls().after(now).count()).isLessThanOrEqualTo(24);
        assertThat(calls().after(now).gaps()).allMatch(gap -> gap.toMillis() >= 2_500);
    }
}
