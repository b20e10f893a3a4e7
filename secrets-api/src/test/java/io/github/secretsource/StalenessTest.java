package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.INTERVAL;
import static io.github.secretsource.Stand.MAX_STALE;
import static io.github.secretsource.Stand.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How old a value may be, and what comes after. */
class StalenessTest {

    private static final Duration TICK = Duration.ofMillis(1);

    private final Stand stand = new Stand();
    private final ScriptedSource source = stand.source;

    @AfterEach
    void close() {
        stand.close();
    }

    @Test
    @DisplayName("I1 a value is served up to maxStale and refused from then on")
    void isWithdrawnAtMaxStale() {
        var live = stand.secrets.live(APP);
        source.always(down());
        stand.time.advance(MAX_STALE.minus(TICK));
        assertThat(live.get().reveal()).isEqualTo("first");
        assertThat(stand.read()).isEqualTo("first");

        stand.time.advance(TICK);

        assertThat(refusal(live))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("PT1H")
                .hasMessageContaining("is down");
        assertThat(stand.refused()).isInstanceOf(SecretUnavailableException.class);
        assertThat(stand.status().state()).isEqualTo(SecretStatus.State.WITHDRAWN);
        assertThat(stand.events(SecretEvent.RefreshFailed.class)).hasSize(1);
        assertThat(stand.events(SecretEvent.Withdrawn.class)).hasSize(1);
    }

    @Test
    @DisplayName("I1 while a call hangs, too")
    void isWithdrawnWhileACallHangs() {
        var live = stand.secrets.live(APP);
        var gate = new CompletableFuture<Void>();
        source.always(source.deafUntil(gate, value("never")));

        stand.time.advance(MAX_STALE);

        assertThat(refusal(live)).isInstanceOf(SecretUnavailableException.class);
        gate.complete(null);
    }

    @Test
    @DisplayName("F18 after a freeze past maxStale everything is refused before anything else happens")
    void refusesFirstAfterAFreeze() {
        var handles = new ArrayList<LiveSecret<?>>();
        for (int i = 0; i < 50; i++) {
            handles.add(stand.secrets.live("s:app" + i));
        }
        var served = new AtomicInteger();
        source.once((id, context) -> {
            handles.stream().filter(handle -> refusal(handle) == null).forEach(handle -> served.incrementAndGet());
            return value("first").to(id, context);
        });
        source.always(source.after(new CompletableFuture<>(), value("never")));

        stand.time.freeze(MAX_STALE);

        assertThat(source.calls()).hasSizeGreaterThan(50);
        assertThat(served).hasValue(0);
        assertThat(stand.events(SecretEvent.Withdrawn.class)).hasSize(50);
    }

    @Test
    @DisplayName("F18 a freeze is over at once where the source answers")
    void recoversFromAFreeze() {
        var live = stand.secrets.live(APP);

        stand.time.freeze(MAX_STALE.multipliedBy(3));

        assertThat(live.get().reveal()).isEqualTo("first");
        assertThat(stand.read()).isEqualTo("first");
        assertThat(source.calls()).hasSize(2);
    }

    @Test
    void comesBackWithTheSameContent() {
        var live = stand.secrets.live(APP);
        source.always(down());
        stand.time.advance(MAX_STALE.plus(INTERVAL));
        source.always(value("first"));

        stand.time.advance(Duration.ofMinutes(1));

        assertThat(live.get().reveal()).isEqualTo("first");
        assertThat(stand.status().state()).isEqualTo(SecretStatus.State.FRESH);
        assertThat(stand.events(SecretEvent.Recovered.class)).hasSize(1);
        assertThat(stand.events(SecretEvent.Rotated.class)).isEmpty();
    }

    @Test
    void comesBackWithANewContent() {
        var live = stand.secrets.live(APP);
        source.always(down());
        stand.time.advance(MAX_STALE.plus(INTERVAL));
        source.always(value("second"));

        stand.time.advance(Duration.ofMinutes(1));

        assertThat(live.get().reveal()).isEqualTo("second");
        assertThat(stand.events(SecretEvent.Rotated.class)).hasSize(1);
    }

    @Test
    @DisplayName("I7 an outage does not take back what was confirmed")
    void keepsTheReasonThroughAnOutage() {
        var live = stand.secrets.live(APP);
        source.always(missing());
        stand.time.advance(INTERVAL.multipliedBy(2));
        assertThat(refusal(live)).isInstanceOf(SecretNotFoundException.class);
        source.always(down());

        stand.time.advance(MAX_STALE.multipliedBy(2));

        assertThat(refusal(live)).isInstanceOf(SecretNotFoundException.class);
        assertThat(stand.events(SecretEvent.Withdrawn.class)).hasSize(1);
    }

    @Test
    @DisplayName("I1 age counts from the start of the last successful fetch, not from its end")
    void slowFetchesAgeTheirAnswer() throws Exception {
        source.once(source.taking(Duration.ofMillis(2_500), value("first"))).always(down());
        var reading = stand.reading(APP);
        stand.untilWaiting(1);
        stand.time.advance(Duration.ofMillis(2_500));
        assertThat(reading.value()).isEqualTo("first");
        var live = stand.secrets.live(APP);

        stand.time.advance(MAX_STALE.minusMillis(2_501));

        assertThat(refusal(live)).isNull();
        stand.time.advance(TICK);
        assertThat(refusal(live)).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    @DisplayName("I1 age counts from the second call where the first was denied")
    void deniedFirstCallDoesNotAgeTheAnswer() {
        source.once(ScriptedSource.denied());

        assertThat(stand.read()).isEqualTo("first");

        assertThat(stand.status().age()).isZero();
        assertThat(stand.status().problem()).isEmpty();
    }

    @Test
    void readsAskAtOnceAfterAWithdrawalWhereTheStoreAnswers() {
        var live = stand.secrets.live(APP);
        source.always(ScriptedSource.malformed());
        stand.time.advance(MAX_STALE);
        assertThat(refusal(live)).isNotNull();
        source.always(value("second"));

        assertThat(stand.read()).isEqualTo("second");
    }

    @Test
    void policiesWhoseSpansDoNotFitAreRefused() {
        var brief = RefreshPolicy.unset().withMaxStale(Duration.ofMinutes(1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Stand(brief))
                .withMessage("source 's': refreshAfter must not be longer than maxStale: PT5M against PT1M");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Secrets.builder()
                        .source("s", new ScriptedSource())
                        .policy(SecretId.of("s", "app"), brief)
                        .build())
                .withMessageStartingWith("s:app: refreshAfter");
    }
}
