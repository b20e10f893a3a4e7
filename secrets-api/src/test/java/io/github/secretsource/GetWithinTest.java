package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.Stand.Reading;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The only read that looks at the clock. */
class GetWithinTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Stand stand = new Stand();
    private final ScriptedSource source = stand.source;

    @AfterEach
    void close() {
        stand.close();
    }

    private String within(Duration age) {
        return stand.secrets.getWithin(APP, age).reveal();
    }

    @Test
    void servesFromMemoryWhatIsYoungEnough() {
        assertThat(stand.read()).isEqualTo("first");
        source.always(value("second"));
        stand.time.advance(MINUTE);

        assertThat(within(MINUTE)).isEqualTo("first");

        assertThat(source.calls()).hasSize(1);
    }

    @Test
    void asksForWhatIsOlder() {
        assertThat(stand.read()).isEqualTo("first");
        source.always(value("second"));
        stand.time.advance(MINUTE.plusNanos(1));

        assertThat(within(MINUTE)).isEqualTo("second");

        assertThat(stand.read()).isEqualTo("second");
        assertThat(source.calls()).hasSize(2);
    }

    @Test
    void doesNotSettleForACallThatBeganTooEarly() throws Exception {
        var gate = new CompletableFuture<Void>();
        source.once(source.after(gate, value("first"))).always(value("second"));
        var early = stand.reading(APP);
        stand.untilWaiting(1);
        stand.time.advance(Duration.ofSeconds(2));
        var reading = new Reading(() -> within(Duration.ofSeconds(1)));
        stand.untilWaiting(1);

        gate.complete(null);

        assertThat(early.value()).isEqualTo("first");
        assertThat(reading.value()).isEqualTo("second");
        assertThat(source.calls()).hasSize(2);
    }

    @Test
    @Timeout(20)
    @DisplayName("a maximal age of nothing is one call on a clock that does not stand still")
    void zeroIsOneCall() {
        var counted = new ScriptedSource();
        try (var secrets = Secrets.builder().source("s", counted).build()) {

            assertThat(secrets.getWithin(APP, Duration.ZERO).reveal()).isEqualTo("first");

            assertThat(counted.calls()).hasSize(1);
        }
    }

    @Test
    void failsThoughAnOlderValueIsHeld() {
        assertThat(stand.read()).isEqualTo("first");
        source.always(down());
        stand.time.advance(MINUTE.multipliedBy(2));

        var refused = catchThrowableOfType(SecretException.class, () -> within(MINUTE));

        assertThat(refused).isInstanceOf(SecretUnavailableException.class);
        assertThat(stand.read()).isEqualTo("first");
    }

    @Test
    void doesNotSettleForAValueThatSleptTooLong() {
        assertThat(stand.read()).isEqualTo("first");
        stand.time.advance(Duration.ofMinutes(12));
        source.always(down());

        var refused = catchThrowableOfType(SecretException.class, () -> within(MINUTE));

        assertThat(refused).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    @DisplayName("I6 impatient callers do not shorten the gaps of an outage")
    void keepsToTheBackOff() {
        assertThat(stand.secrets.live(APP).get()).isNotNull();
        source.always(down());
        stand.time.advance(Duration.ofSeconds(10));

        for (int i = 0; i < 300; i++) {
            stand.time.advance(Duration.ofMillis(100));
            assertThat(catchThrowableOfType(SecretException.class, () -> within(Duration.ofSeconds(1))))
                    .isInstanceOf(SecretUnavailableException.class);
        }

        assertThat(source.calls()).hasSizeBetween(4, 8);
    }

    @Test
    void keepsToTheMemoryOfNotFound() {
        source.always(missing());

        for (int i = 0; i < 90; i++) {
            assertThat(catchThrowableOfType(SecretException.class, () -> within(Duration.ofSeconds(1))))
                    .isInstanceOf(SecretNotFoundException.class);
            stand.time.advance(Duration.ofMillis(100));
        }

        assertThat(source.calls()).hasSize(1);
    }

    @Test
    void doesNotHurryTheSecondOpinion() {
        assertThat(stand.secrets.live(APP).get()).isNotNull();
        source.always(missing());
        stand.time.advance(Duration.ofSeconds(10));

        for (int i = 0; i < 9; i++) {
            assertThat(catchThrowableOfType(SecretException.class, () -> within(Duration.ofSeconds(1))))
                    .isInstanceOf(SecretNotFoundException.class);
            stand.time.advance(Duration.ofMillis(100));
        }

        assertThat(source.calls()).hasSizeLessThanOrEqualTo(3);
        assertThat(stand.status().state()).isEqualTo(SecretStatus.State.STALE);
    }
}
