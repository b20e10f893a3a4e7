package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.error;
import static io.github.secretsource.ScriptedSource.malformed;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Stand.Reading;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the first reads of a secret do. */
class ColdReadTest {

    private final Stand stand = new Stand(RefreshPolicy.unset().withWaitDeadline(Duration.ofSeconds(2)));
    private final ScriptedSource source = stand.source;
    private final CompletableFuture<Void> gate = new CompletableFuture<>();

    @AfterEach
    void close() {
        stand.close();
    }

    @Test
    @DisplayName("P6 a thousand waiters share one call and are all served")
    void waitersShareOneCall() throws Exception {
        source.once(source.after(gate, value("first")));
        var readings = stand.readings(1_000, APP);
        stand.untilWaiting(1_000);

        gate.complete(null);

        for (Reading reading : readings) {
            assertThat(reading.value()).isEqualTo("first");
        }
        assertThat(source.calls()).hasSize(1);
    }

    @Test
    void eachWaiterGetsAnExceptionOfItsOwn() throws Exception {
        source.once(source.after(gate, down()));
        var readings = stand.readings(100, APP);
        stand.untilWaiting(100);

        gate.complete(null);

        Set<Throwable> failures = Collections.newSetFromMap(new IdentityHashMap<>());
        readings.forEach(reading -> failures.add(reading.failure()));
        assertThat(failures)
                .hasSize(100)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(SecretUnavailableException.class)
                        .hasMessageContaining("is down"));
        assertThat(source.calls()).hasSize(1);
    }

    @Test
    @DisplayName("I5 a waiter gives up at its wait deadline, the call goes on for the others")
    void givesUpAtTheWaitDeadline() throws Exception {
        source.once(source.after(gate, value("late")));
        var early = stand.reading(APP);
        stand.untilWaiting(1);

        stand.time.advance(Duration.ofSeconds(2));

        stand.untilOver(early);
        assertThat(early.failure())
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("no answer within PT2S");
        gate.complete(null);
        stand.time.settle();
        assertThat(stand.read()).isEqualTo("late");
        assertThat(source.calls()).hasSize(1);
    }

    @Test
    @DisplayName("F46 an interrupt fails the interrupted waiter only, keeps its flag, and the call goes on")
    void interruptPoisonsNobodyElse() throws Exception {
        source.once(source.after(gate, value("first")));
        var readings = stand.readings(50, APP);
        stand.untilWaiting(50);

        readings.subList(1, 50).forEach(Reading::interrupt);

        for (Reading interrupted : readings.subList(1, 50)) {
            assertThat(interrupted.failure()).isInstanceOf(SecretUnavailableException.class);
            assertThat(interrupted.keptItsInterrupt()).isTrue();
        }
        assertThat(readings.get(0).isOver()).isFalse();
        gate.complete(null);
        assertThat(readings.get(0).value()).isEqualTo("first");
        assertThat(source.calls()).hasSize(1);
        assertThat(source.interrupts()).isZero();
    }

    @Test
    void remembersNotFoundForTenSeconds() {
        source.always(missing());
        var first = stand.refused();
        stand.time.advance(Duration.ofMillis(9_999));

        var second = stand.refused();

        assertThat(source.calls()).hasSize(1);
        assertThat(second).isInstanceOf(SecretNotFoundException.class).isNotSameAs(first);
        stand.time.advance(Duration.ofMillis(1));
        assertThat(stand.refused()).isInstanceOf(SecretNotFoundException.class);
        assertThat(source.calls()).hasSize(2);
    }

    @Test
    void nobodyAsksAgainForWhatNobodyHolds() {
        source.always(missing());
        assertThat(stand.refused()).isInstanceOf(SecretNotFoundException.class);

        stand.time.advance(Duration.ofMinutes(20));

        assertThat(source.calls()).hasSize(1);
        assertThat(stand.secrets).hasToString("Secrets[sources=[s], secrets=0]");
    }

    @Test
    @DisplayName("F19 a denied cold read asks once more at once, with a fresh login")
    void deniedIsAskedTwice() {
        source.once(denied());

        assertThat(stand.read()).isEqualTo("first");

        assertThat(source.logins("app")).containsExactly(false, true);
        assertThat(stand.time.nanos()).isZero();
    }

    @Test
    void remembersDeniedForThirtySeconds() {
        source.always(denied());
        assertThat(stand.refused()).isInstanceOf(SecretAccessException.class);
        stand.time.advance(Duration.ofMillis(29_999));

        assertThat(stand.refused()).isInstanceOf(SecretAccessException.class);

        assertThat(source.logins("app")).containsExactly(false, true);
        stand.time.advance(Duration.ofMillis(1));
        assertThat(stand.refused()).isInstanceOf(SecretAccessException.class);
        assertThat(source.logins("app")).containsExactly(false, true, false, true);
    }

    @Test
    void oneForcedLoginPerHalfMinuteServesTheWholeSource() {
        source.always(denied());
        assertThat(stand.refused()).isInstanceOf(SecretAccessException.class);

        assertThat(stand.secrets.getAll(List.of("s:other")).problems()).hasSize(1);

        assertThat(source.logins("app")).containsExactly(false, true);
        assertThat(source.logins("other")).containsExactly(false, false);
    }

    @Test
    @DisplayName("I6 inside the gap after an outage the reason comes at once, without a call")
    void refusesAtOnceInsideTheGap() {
        source.once(down());
        assertThat(stand.refused()).isInstanceOf(SecretUnavailableException.class);
        stand.time.advance(Duration.ofMillis(499));

        assertThat(stand.refused()).hasMessageContaining("is down");

        assertThat(source.calls()).hasSize(1);
        stand.time.advance(Duration.ofMillis(501));
        assertThat(stand.read()).isEqualTo("first");
        assertThat(source.calls()).hasSize(2);
    }

    @Test
    void nullIsAnOutageAndNeverEmpty() {
        source.once((id, context) -> null);

        var refused = stand.refused();

        assertThat(refused).isInstanceOf(SecretUnavailableException.class).hasMessageContaining("null");
    }

    @ParameterizedTest
    @ValueSource(classes = {StackOverflowError.class, OutOfMemoryError.class, AssertionError.class})
    @DisplayName("F45 L7 an Error from a source is an outage that names its class, and the thread survives")
    void errorIsAnOutage(Class<? extends Error> kind) throws Exception {
        var thrown = kind.getConstructor().newInstance();
        source.once(error(thrown));

        var refused = stand.refused();

        assertThat(refused)
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining(kind.getName())
                .hasNoCause();
        stand.time.advance(Duration.ofSeconds(1));
        assertThat(stand.read()).isEqualTo("first");
    }

    @Test
    @DisplayName("L5 what a source says when it breaks is not repeated")
    void messagesOfForeignExceptionsAreNotRepeated() {
        source.once((id, context) -> {
            throw new IllegalArgumentException("password=hunter2");
        });

        var refused = stand.refused();

        assertThat(refused).hasMessageContaining("IllegalArgumentException").hasMessageNotContaining("hunter2");
        assertThat(TestSecrets.printed(refused)).doesNotContain("hunter2");
    }

    @Test
    void malformedContentIsToldAsSuchAndRemembered() {
        source.always(malformed());

        assertThat(stand.refused()).isInstanceOf(SecretFormatException.class);

        assertThat(stand.refused()).isInstanceOf(SecretFormatException.class);
        assertThat(source.calls()).hasSize(1);
    }
}
