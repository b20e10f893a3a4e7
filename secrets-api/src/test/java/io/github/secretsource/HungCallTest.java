package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.INTERVAL;
import static io.github.secretsource.Stand.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Stand.Reading;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A call that does not return: who waits, what is done with its thread, what becomes of its answer. */
class HungCallTest {

    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private final Stand stand = new Stand(RefreshPolicy.unset().withWaitDeadline(Duration.ofMinutes(1)));
    private final ScriptedSource source = stand.source;
    private final CompletableFuture<Void> gate = new CompletableFuture<>();

    @AfterEach
    void close() {
        gate.complete(null);
        stand.time.settle();
        stand.close();
    }

    @Test
    @DisplayName("F3 I5 everyone who waits is told at the deadline of the call")
    void waitersFailAtTheDeadline() throws Exception {
        source.always(source.deafUntil(gate, value("late")));
        var readings = stand.readings(20, APP);
        stand.untilWaiting(20);
        stand.time.advance(DEADLINE.minusMillis(1));
        assertThat(readings).noneMatch(Reading::isOver);

        stand.time.advance(Duration.ofMillis(1));

        assertThat(readings)
                .allSatisfy(reading -> assertThat(reading.failure())
                        .isInstanceOf(SecretUnavailableException.class)
                        .hasMessageContaining("no answer within PT3S"));
    }

    @Test
    @DisplayName("F3 the thread is interrupted once, at the deadline")
    void theCallIsInterruptedOnce() {
        source.once(source.deafUntil(gate, value("late"))).always(down());
        assertThat(stand.secrets.liveLater(APP, Secret::value)).isNotNull();
        stand.time.advance(DEADLINE.minusMillis(1));
        assertThat(source.interrupts()).isZero();

        stand.time.advance(INTERVAL);

        assertThat(source.interrupts()).isOne();
    }

    @Test
    @DisplayName("I2 what an abandoned call brings is discarded, however late it comes")
    void lateAnswersAreDiscarded() {
        source.once(source.deafUntil(gate, value("old"))).always(value("new"));
        var live = stand.secrets.liveLater(APP, Secret::value);
        stand.time.advance(DEADLINE.plusSeconds(1));
        assertThat(live.get().reveal()).isEqualTo("new");

        gate.complete(null);
        stand.time.settle();

        assertThat(live.get().reveal()).isEqualTo("new");
        assertThat(stand.read()).isEqualTo("new");
        assertThat(stand.events(SecretEvent.Rotated.class)).isEmpty();
    }

    @Test
    void lateFailuresAreDiscarded() {
        source.once(source.deafUntil(gate, ScriptedSource.denied())).always(value("new"));
        var live = stand.secrets.liveLater(APP, Secret::value);
        stand.time.advance(DEADLINE.plusSeconds(1));

        gate.complete(null);
        stand.time.settle();

        assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
        assertThat(live.status().problem()).isEmpty();
    }

    @Test
    @DisplayName("F3 one call hangs, one more is tried, then none until one of them returns")
    void atMostTwoCallsHang() {
        source.always(source.deafUntil(gate, value("first")));
        var live = stand.secrets.liveLater(APP, Secret::value);

        stand.time.advance(Duration.ofMinutes(10));

        assertThat(source.calls()).hasSize(2);
        assertThat(stand.refused())
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("hang");
        assertThat(refusal(live)).isInstanceOf(SecretUnavailableException.class);
        gate.complete(null);
        stand.time.advance(Duration.ofMinutes(1));
        assertThat(live.get().reveal()).isEqualTo("first");
    }

    @Test
    @DisplayName("F3 nor does it take more calls to be forgotten and asked for again")
    void hungCallsAreNotForgotten() throws Exception {
        source.always(source.deafUntil(gate, value("first")));

        for (int i = 0; i < 20; i++) {
            var reading = stand.reading(APP);
            stand.time.settle();
            while (!reading.isOver()) {
                stand.time.advance(Duration.ofSeconds(1));
            }
            stand.time.advance(Duration.ofMinutes(5));
        }

        assertThat(source.calls()).hasSize(2);
        gate.complete(null);
        stand.time.settle();
        assertThat(stand.read()).isEqualTo("first");
        stand.time.advance(Duration.ofHours(1));
        assertThat(stand.secrets).hasToString("Secrets[sources=[s], secrets=0]");
    }

    @Test
    @DisplayName("I7 a value whose calls hang is shown as stale, with the reason")
    void hangingRefreshesShow() {
        var live = stand.secrets.live(APP);
        source.always(source.deafUntil(gate, value("first")));

        stand.time.advance(Duration.ofMinutes(20));

        assertThat(live.get().reveal()).isEqualTo("first");
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.STALE);
        assertThat(live.status().problem().orElseThrow()).hasMessageContaining("hang");
        assertThat(stand.events(SecretEvent.RefreshFailed.class)).hasSize(1);
    }

    @Test
    @DisplayName("I4 a refresh that hangs holds up no reader")
    void readersOfAGoodValueDoNotWait() {
        var live = stand.secrets.live(APP);
        source.always(source.deafUntil(gate, value("first")));
        stand.time.advance(INTERVAL.multipliedBy(2));

        assertThat(stand.read()).isEqualTo("first");
        assertThat(live.get().reveal()).isEqualTo("first");
    }

    @Test
    @DisplayName("F46 an interrupt meant for one call does not reach the next one on its thread")
    void interruptsDoNotPoisonTheNextCall() {
        try (var narrow =
                new Stand(RefreshPolicy.unset(), SourceTraits.defaults().withPermits(1))) {
            var threads = new AtomicReference<Thread>();
            var poisoned = new AtomicReference<Boolean>();
            var stuck = new CompletableFuture<Void>();
            narrow.source.once((id, context) -> {
                threads.set(Thread.currentThread());
                try {
                    return narrow.source.after(stuck, value("never")).to(id, context);
                } finally {
                    Thread.currentThread().interrupt(); // As good code does that could not throw InterruptedException.
                }
            });
            narrow.source.always((id, context) -> {
                poisoned.set(Thread.currentThread().isInterrupted());
                assertThat(Thread.currentThread()).isSameAs(threads.get());
                return value("first").to(id, context);
            });
            var live = narrow.secrets.liveLater(APP, Secret::value);

            narrow.time.advance(DEADLINE.plusSeconds(1));

            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(poisoned).hasValue(false);
        }
    }

    @Test
    @DisplayName("I9 close tells those who wait at once")
    void closeTellsThoseWhoWait() throws Exception {
        source.always(source.after(gate, value("late")));
        var reading = stand.reading(APP);
        stand.untilWaiting(1);

        stand.close();

        assertThat(reading.failure()).isInstanceOf(IllegalStateException.class).hasMessage("Secrets is closed");
    }
}
