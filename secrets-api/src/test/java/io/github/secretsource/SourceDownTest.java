package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.throttled;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.ScriptedSource.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A source that answers nobody is probed by one call at a time, for all of its secrets. */
class SourceDownTest {

    private static final Duration OUTAGE = Duration.ofMinutes(10);
    private static final Duration PROBE_LEAST = Duration.ofMillis(2_500);
    private static final Duration PROBE_MOST = Duration.ofSeconds(5);

    private Stand stand = new Stand();

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

    private SecretException refused(String ref) {
        return catchThrowableOfType(SecretException.class, () -> stand.secrets.get(ref));
    }

    /** Ends the source's answers and returns when it is known to be down: its second probe has failed. */
    private long outage(Answer answer) {
        long began = stand.time.nanos();
        stand.source.always(answer);
        while (CallTimes.of(stand.source).after(began).count() < 5) {
            stand.time.advance(Duration.ofSeconds(1));
        }
        return stand.time.nanos();
    }

    private CallTimes calls() {
        return CallTimes.of(stand.source);
    }

    @Test
    @DisplayName("F2 P9 200 secrets in use ask a source that is down once in 2.5 to 5 s, one call at a time")
    void probesOneAtATime() {
        hold(200);
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        Answer slow = stand.source.taking(Duration.ofSeconds(1), down());
        outage(slow);
        stand.time.advance(Duration.ofSeconds(2)); // Until the calls that were under way are answered, too.
        long down = stand.time.nanos();
        stand.source.always((id, context) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                return slow.to(id, context);
            } finally {
                running.decrementAndGet();
            }
        });

        stand.time.advance(OUTAGE);

        var during = calls().after(down);
        assertThat(most).hasValue(1);
        assertThat(during.count()).isBetween(95, 240);
        assertThat(during.gaps())
                .allSatisfy(gap -> assertThat(gap.minusSeconds(1)).isBetween(PROBE_LEAST, PROBE_MOST));
        assertThat(stand.secrets.statuses())
                .allMatch(status -> status.age().compareTo(Stand.MAX_STALE) < 0)
                .hasSize(200);
    }

    @Test
    @DisplayName("F2 whatever readers, hints and refused values do, a source that is down is asked no more often")
    void nothingMakesItAskMoreOften() {
        var handles = hold(50);
        long down = outage(down());

        for (int i = 0; i < 4 * OUTAGE.toSeconds(); i++) {
            stand.time.advance(Duration.ofMillis(250));
            assertThat(refused("s:cold" + i % 10)).isInstanceOf(SecretUnavailableException.class);
            int app = i % 50;
            var within = catchThrowableOfType(
                    SecretException.class, () -> stand.secrets.getWithin("s:app" + app, Duration.ofSeconds(1)));
            assertThat(within).isInstanceOf(SecretUnavailableException.class);
            assertThat(handles.get(app).rejected(handles.get(app).get())).isEmpty();
            stand.source.hint();
        }

        var during = calls().after(down);
        assertThat(during.count()).isLessThanOrEqualTo(241);
        assertThat(during.gaps()).allSatisfy(gap -> assertThat(gap).isGreaterThanOrEqualTo(PROBE_LEAST));
    }

    @Test
    @DisplayName("F2 a source that hangs is given up and probed in the same way")
    void probesASourceThatHangs() {
        hold(200);
        Answer hanging = stand.source.taking(Duration.ofDays(1), down());
        long down = outage(hanging);
        stand.time.advance(Duration.ofSeconds(3)); // What was on its way when it went down is over.

        stand.time.advance(OUTAGE);

        var during = calls().after(down + Duration.ofSeconds(3).toNanos());
        assertThat(during.count()).isLessThanOrEqualTo(110);
        assertThat(during.gaps())
                .allSatisfy(gap -> assertThat(gap.minusSeconds(3)).isBetween(PROBE_LEAST, PROBE_MOST));
    }

    @Test
    @DisplayName("F2 first reads fail at once, without a call, with the last reason")
    void coldReadsFailAtOnce() {
        hold(200);
        outage(ScriptedSource.failing(id -> new SecretUnavailableException(id, "fell over", "raise it")));
        long now = stand.time.nanos();
        int calls = calls().count();

        for (int i = 0; i < 100; i++) {
            assertThat(refused("s:cold" + i))
                    .isInstanceOf(SecretUnavailableException.class)
                    .hasMessageContaining("s:cold" + i)
                    .hasMessageContaining("fell over")
                    .hasMessageContaining("raise it");
        }

        assertThat(stand.time.nanos()).isEqualTo(now);
        assertThat(calls().count()).isEqualTo(calls);
    }

    @Test
    @DisplayName("F2 once it answers, its secrets are asked for at a walking pace, all within half a minute")
    void recoversAtAWalkingPace() {
        hold(200);
        outage(down());
        stand.time.advance(OUTAGE);
        stand.source.always(value("second"));
        long back = stand.time.nanos();

        stand.time.advance(PROBE_MOST.plusSeconds(20)); // The probe, then 200 at ten a second.

        var released = calls().after(back);
        long probe = released.nanos().get(0);
        assertThat(released.count()).isEqualTo(200);
        assertThat(released.after(probe).mostWithin(Duration.ofSeconds(1))).isLessThanOrEqualTo(10);
        assertThat(stand.secrets.statuses())
                .allMatch(status -> status.state() == SecretStatus.State.FRESH)
                .allMatch(status -> status.age().compareTo(Duration.ofSeconds(25)) <= 0);
    }

    @Test
    @DisplayName("F2 where many are in use the walking pace is three times the usual one")
    void walksFasterWhereManyAreInUse() {
        stand.close();
        stand = new Stand(RefreshPolicy.unset().withRefreshAfter(Duration.ofMinutes(1)));
        hold(2_000);
        outage(down());
        stand.time.advance(OUTAGE);
        stand.source.always(value("second"));
        long back = stand.time.nanos();

        stand.time.advance(PROBE_MOST.plusSeconds(20)); // 2,000 at three times 2,000 a minute.

        assertThat(calls().after(back).mostWithin(Duration.ofSeconds(1))).isLessThanOrEqualTo(101);
        assertThat(stand.secrets.statuses())
                .allMatch(status -> status.state() == SecretStatus.State.FRESH)
                .allMatch(status -> status.age().compareTo(Duration.ofSeconds(25)) <= 0);
    }

    @Test
    @DisplayName("F2 secrets first wanted while it was down come when it is back")
    void lateComersComeToo() {
        hold(200);
        outage(down());
        var late = new ArrayList<LiveSecret<SecretValue>>();
        for (int i = 0; i < 100; i++) {
            late.add(stand.secrets.liveLater("s:late" + i, Secret::value));
        }
        stand.time.advance(OUTAGE);
        stand.source.always(value("second"));
        long back = stand.time.nanos();

        stand.time.advance(PROBE_MOST.plusSeconds(30));

        assertThat(late).allSatisfy(handle -> assertThat(handle.get().reveal()).isEqualTo("second"));
        assertThat(calls().after(back).mostWithin(Duration.ofSeconds(1))).isLessThanOrEqualTo(11); // With the probe.
    }

    @Test
    @DisplayName("F2 a source that says no is there: denied, missing and throttled are answers")
    void answersOfAnyKindAreAnswers() {
        int asked = 0;
        for (Answer no : List.of(denied(), missing(), throttled(Duration.ofSeconds(1)), denied(), missing())) {
            for (Answer answer : List.of(down(), down(), no)) {
                stand.source.always(answer);
                int before = calls().count();
                assertThat(refused("s:cold" + asked++)).isNotNull();
                assertThat(calls().count()).as("was asked").isGreaterThan(before);
            }
            stand.time.advance(Duration.ofSeconds(1));
        }
        stand.source.always(down());
        for (int i = 0; i < 3; i++) {
            assertThat(refused("s:down" + i)).isNotNull();
        }
        int before = calls().count();

        assertThat(refused("s:cold")).hasMessageContaining("is down");

        assertThat(calls().count()).isEqualTo(before);
    }

    @Test
    @DisplayName("F2 a denial ends an outage")
    void aDenialEndsAnOutage() {
        hold(20);
        outage(down());
        stand.source.always(denied());
        stand.time.advance(PROBE_MOST);
        int before = calls().count();

        assertThat(refused("s:cold")).isInstanceOf(SecretAccessException.class);

        assertThat(calls().count()).isGreaterThan(before);
    }

    @Test
    @DisplayName("F2 one secret that never gets an answer does not take its source down")
    void aPoisonedSecretIsAlone() {
        hold(200);
        stand.source.always((id, context) -> (id.path().equals("app7") ? down() : value("first")).to(id, context));

        for (int minute = 0; minute < 50; minute++) {
            stand.time.advance(Duration.ofMinutes(1));
            assertThat(stand.secrets.get("s:cold" + minute).reveal()).isEqualTo("first");
        }

        assertThat(stand.events(SecretEvent.RefreshFailed.class))
                .hasSize(1)
                .allMatch(event -> event.id().path().equals("app7"));
        assertThat(stand.secrets.statuses())
                .filteredOn(status -> status.state() != SecretStatus.State.FRESH)
                .hasSize(1);
        assertThat(stand.secrets.statuses())
                .filteredOn(status -> status.state() == SecretStatus.State.FRESH)
                .allMatch(status -> status.age().compareTo(INTERVAL) <= 0);
    }

    @Test
    @DisplayName("F2 nor where it alone is asked for")
    void aPoisonedSecretIsAloneWhereOthersAreQuiet() {
        assertThat(stand.secrets.get("s:good")).isNotNull();
        stand.source.always((id, context) -> (id.path().equals("poisoned") ? down() : value("first")).to(id, context));
        var poisoned = stand.secrets.liveLater("s:poisoned", Secret::value);
        while (stand.source.calls("poisoned").size() < 4) {
            stand.time.advance(Duration.ofMillis(100));
        }

        assertThat(stand.secrets.get("s:other").reveal()).isEqualTo("first");

        assertThat(Stand.refusal(poisoned)).isNotNull();
    }

    @Test
    @DisplayName("P9 whatever the dice say, a secret's calls are half a step apart and no four fall into 3 s")
    void everySeedKeepsItsDistance() {
        for (int seed = 0; seed < 10_000; seed++) {
            var random = new Random(seed);
            var gaps = new ArrayList<Long>();
            long step = Plan.SECOND;
            for (int failures = 1; failures <= 12; failures++) {
                long gap = Plan.backOff(failures, random.nextDouble());
                assertThat(gap).isBetween(step / 2, step);
                gaps.add(gap);
                step = Math.min(60 * Plan.SECOND, 2 * step);
            }
            for (int i = 2; i < gaps.size(); i++) {
                assertThat(gaps.get(i - 2) + gaps.get(i - 1) + gaps.get(i)).isGreaterThan(3 * Plan.SECOND);
            }
        }
    }

    @Test
    @DisplayName("F8 secrets that a store answers it cannot serve do not take the others with them")
    void troubleWithSomeSecretsIsNoOutage() {
        stand.source.always((id, context) -> {
            if (id.path().startsWith("bad")) {
                throw new SecretUnavailableException(id, "is broken", "mend it").ofThisSecretOnly();
            }
            return value("first").to(id, context);
        });
        for (int i = 0; i < 8; i++) {
            var unused = stand.secrets.liveLater("s:bad" + i, Secret::value);
        }

        for (int i = 0; i < 100; i++) {
            stand.time.advance(Duration.ofSeconds(7));
            assertThat(stand.secrets.get("s:good" + i).reveal()).isEqualTo("first");
        }

        assertThat(refused("s:bad0")).hasMessageContaining("is broken");
        assertThat(calls().count()).isLessThan(100 + 8 * 40); // Each by its own back-off.
    }

    @Test
    @DisplayName("F8 what a store says of one secret does not end its outage either")
    void troubleWithOneSecretIsNoRecovery() {
        hold(200);
        outage(down());
        stand.source.always((id, context) -> {
            throw new SecretUnavailableException(id, "is broken", "mend it").ofThisSecretOnly();
        });
        stand.time.advance(Duration.ofSeconds(20));
        SecretException mayBeTheProbe = refused("s:cold1");

        assertThat(mayBeTheProbe).isNotNull();
        assertThat(refused("s:cold2")).hasMessageContaining("source 's' is down");
    }
}
