package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.data;
import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.Stand.APP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.ScriptedSource.Answer;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** No older content after a newer one where the store numbers them, unless it insists. */
class SuccessionTest {

    private static final Duration TEN = Duration.ofSeconds(10);
    private static final Duration DOUBT = Duration.ofSeconds(30);

    private final CapturedLog log = CapturedLog.start();
    private Stand stand = standWith(SourceTraits.defaults());

    private static Stand standWith(SourceTraits traits) {
        return new Stand(RefreshPolicy.unset().withRefreshAfter(TEN).withMaxStale(Duration.ofMinutes(2)), traits);
    }

    @AfterEach
    void close() {
        log.close();
        stand.close();
    }

    private static Answer numbered(String value, String lineage, long ordinal) {
        return data(() -> SecretData.of(SecretValue.of(value)).withOrdinal(lineage, ordinal));
    }

    private LiveSecret<String> held(Answer first) {
        stand.source.always(first);
        return stand.secrets.live(APP, secret -> secret.value().reveal());
    }

    /** Refreshes come by hints, one each second. */
    private void hintAfter(Duration span) {
        stand.time.advance(span);
        stand.source.hint();
        stand.time.settle();
    }

    private List<SecretEvent.Rotated> rotations() {
        return stand.events(SecretEvent.Rotated.class);
    }

    @Test
    @DisplayName("I4 a linearizable source is believed at once")
    void publishesAllOfALinearizableSource() {
        stand.close();
        stand = standWith(SourceTraits.defaults().linearizable());
        LiveSecret<String> live = held(numbered("new", "a", 9));

        for (String value : List.of("old", "new", "old", "new")) {
            stand.source.always(numbered(value, "a", value.equals("new") ? 9 : 1));
            hintAfter(Duration.ofSeconds(2));
            assertThat(live.get()).isEqualTo(value);
        }

        assertThat(rotations()).hasSize(4).noneMatch(SecretEvent.Rotated::regressed);
    }

    @Test
    @DisplayName("I4 a lower number is shown when it is the third equal answer and half a minute old, with a warning")
    void aLowerNumberIsBelievedInTheEnd() {
        LiveSecret<String> live = held(numbered("new", "a", 9));
        stand.source.always(numbered("canary-old", "a", 3));
        hintAfter(Duration.ofSeconds(2));
        int calls = stand.source.calls().size();

        stand.time.advance(DOUBT.minusNanos(1));
        assertThat(live.get()).isEqualTo("new");
        assertThat(rotations()).isEmpty();
        stand.time.advance(Duration.ofNanos(1));

        assertThat(live.get()).isEqualTo("canary-old");
        assertThat(stand.source.calls().size() - calls).isEqualTo(2);
        assertThat(rotations()).hasSize(1).allMatch(SecretEvent.Rotated::regressed);
        assertThat(log.warnings()).hasSize(1).allMatch(line -> line.contains(APP));
        assertThat(log.text()).doesNotContain("canary-old");
    }

    @Test
    @DisplayName("I4 however often it is asked, half a minute has to pass")
    void manyEqualAnswersAreNotEnough() {
        LiveSecret<String> live = held(numbered("new", "a", 9));
        stand.source.always(numbered("old", "a", 3));
        for (int second = 0; second <= 29; second++) {
            hintAfter(Duration.ofSeconds(second == 0 ? 2 : 1));
            assertThat(live.get()).isEqualTo("new");
        }

        hintAfter(Duration.ofSeconds(1));

        assertThat(live.get()).isEqualTo("old");
    }

    @Test
    @DisplayName("I4 a lower number that changes begins to be doubted anew")
    void differentDoubtsDoNotAddUp() {
        LiveSecret<String> live = held(numbered("new", "a", 9));
        for (int i = 0; i < 60; i++) {
            stand.source.always(numbered("old" + i % 2, "a", 3 + i % 2));
            hintAfter(Duration.ofSeconds(2));
            if (i < 57) {
                assertThat(live.get()).isEqualTo("new");
            }
        }
    }

    @Test
    @DisplayName("I4 numbers of another lineage do not compare")
    void anotherLineageIsBelievedAtOnce() {
        LiveSecret<String> live = held(numbered("new", "a", 9));
        stand.source.always(numbered("recreated", "b", 1));

        hintAfter(Duration.ofSeconds(2));

        assertThat(live.get()).isEqualTo("recreated");
        assertThat(rotations()).hasSize(1).noneMatch(SecretEvent.Rotated::regressed);
    }

    @Test
    @DisplayName("I4 replicas that answer in turn never show an older number")
    void flappingNumbersNeverGoBack() {
        LiveSecret<String> live = held(numbered("1", "a", 1));
        long seen = 0;
        for (int i = 1; i <= 500; i++) {
            int newest = 1 + i / 10;
            long ordinal = Math.max(1, newest - i % 3);
            stand.source.always(numbered(Long.toString(ordinal), "a", ordinal));
            hintAfter(Duration.ofMillis(1_100));
            long shown = Long.parseLong(live.get());
            assertThat(shown).isGreaterThanOrEqualTo(seen);
            seen = shown;
        }
        assertThat(seen).isEqualTo(50);
        assertThat(rotations()).noneMatch(SecretEvent.Rotated::regressed);
    }

    @Test
    @DisplayName("I4 a number that went down with an equal content opens no door for one in between")
    void anEqualContentDoesNotLowerTheNumber() {
        LiveSecret<String> live = held(numbered("a", "l", 1));
        stand.source.always(numbered("b", "l", 2));
        hintAfter(Duration.ofSeconds(2));
        stand.source.always(numbered("a", "l", 3)); // Rolled back by its owner.
        hintAfter(Duration.ofSeconds(2));
        assertThat(live.get()).isEqualTo("a");

        stand.source.always(numbered("a", "l", 1)); // A replica two versions late,
        hintAfter(Duration.ofSeconds(2));
        stand.source.always(numbered("b", "l", 2)); // and one that is one version late.
        hintAfter(Duration.ofSeconds(2));

        assertThat(live.get()).isEqualTo("a");
    }

    @Test
    @DisplayName("I4 S1 what is held grows old while its successor is in doubt")
    void doubtDoesNotKeepItYoung() {
        LiveSecret<String> live = held(numbered("new", "a", 9));
        var turn = new AtomicInteger();
        stand.source.always((id, context) -> {
            int old = turn.incrementAndGet() % 2; // Never three equal ones.
            return SecretData.of(SecretValue.of("old" + old)).withOrdinal("a", 3 + old);
        });

        stand.time.advance(Duration.ofMinutes(2).minusNanos(1));
        assertThat(live.get()).isEqualTo("new");
        stand.time.advance(Duration.ofNanos(1));

        assertThat(Stand.refusal(live)).isInstanceOf(SecretUnavailableException.class);
        assertThat(stand.source.calls()).hasSizeLessThan(15);
    }

    @Test
    @DisplayName("I4 however long ago the first was, two answers are not enough")
    void twoAnswersAreNotEnough() {
        LiveSecret<String> live = held(numbered("new", "a", 9));
        stand.source.always(numbered("old", "a", 3));
        hintAfter(Duration.ofSeconds(2));
        stand.source.always(ScriptedSource.malformed());
        stand.time.advance(Duration.ofSeconds(40));
        stand.source.always(numbered("old", "a", 3));
        int calls = stand.source.calls().size();

        while (stand.source.calls().size() == calls) {
            stand.time.advance(Duration.ofMillis(100));
        }

        assertThat(live.get()).isEqualTo("new");
    }

    @Test
    @DisplayName("I4 an outage in between takes nothing from the doubt")
    void doubtOutlivesAnOutage() {
        LiveSecret<String> live = held(numbered("new", "a", 9));
        stand.source.always(numbered("old", "a", 3));
        hintAfter(Duration.ofSeconds(2));
        stand.source.always(down());
        stand.time.advance(Duration.ofSeconds(40));
        stand.source.always(numbered("old", "a", 3));
        int calls = stand.source.calls().size();
        while (stand.source.calls().size() == calls) {
            stand.time.advance(Duration.ofMillis(100));
        }
        assertThat(live.get()).as("after the second answer").isEqualTo("new");

        stand.time.advance(Duration.ofSeconds(15));

        assertThat(live.get()).isEqualTo("old");
    }

    @Test
    @DisplayName("I4 getWithin does not ask again and again for an answer that stays in doubt")
    void getWithinDoesNotHammer() {
        assertThat(held(numbered("new", "a", 9)).get()).isEqualTo("new");
        var calls = new AtomicInteger();
        stand.source.always((id, context) -> {
            boolean enough = calls.incrementAndGet() > 20; // Else this test would not end.
            return SecretData.of(SecretValue.of(enough ? "new" : "old")).withOrdinal("a", enough ? 9 : 3);
        });
        stand.time.advance(Duration.ofSeconds(1));

        var outcome = stand.secrets.getAll(List.of(APP));
        try {
            assertThat(stand.secrets.getWithin(APP, Duration.ZERO).reveal()).isEqualTo("new");
        } catch (SecretUnavailableException e) {
            assertThat(e).hasMessageContaining(APP);
        }

        assertThat(outcome.orThrow()).hasSize(1);
        assertThat(calls).hasValueLessThanOrEqualTo(2);
    }

    @Test
    @DisplayName("I4 a reader that was away for a while gets no older content either")
    void whatWaitsUnreadIsNotReplacedByAnOlderOne() {
        stand.source.always(numbered("new", "a", 9));
        assertThat(stand.read()).isEqualTo("new");
        stand.time.advance(TEN.multipliedBy(3)); // Nobody reads it: it waits in memory, and nobody asks.
        stand.source.always(numbered("old", "a", 3));

        assertThat(stand.read()).isEqualTo("new");
    }

    @Test
    @DisplayName("I4 what was confirmed gone and comes back as it was is believed")
    void goneAndBack() {
        LiveSecret<String> live = held(numbered("new", "a", 9));
        stand.source.always(missing());
        stand.time.advance(DOUBT);
        assertThat(Stand.refusal(live)).isInstanceOf(SecretNotFoundException.class);
        stand.source.always(numbered("restored", "a", 3));

        stand.time.advance(Duration.ofMinutes(1));

        assertThat(live.get()).isEqualTo("restored");
    }
}
