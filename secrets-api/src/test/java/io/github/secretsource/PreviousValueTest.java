package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.spi.SecretData;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The value before, where a policy keeps it. */
class PreviousValueTest {

    private static final Duration KEPT = Duration.ofMinutes(1);

    private final FakeTime time = FakeTime.create();
    private final HintingSource source = HintingSource.local().put("app", "one");
    private final Secrets secrets = Secrets.builder()
            .time(time)
            .policy(RefreshPolicy.unset().withKeepPrevious(KEPT))
            .source("mem", source)
            .build();
    private final LiveSecret<String> live =
            secrets.live("mem:app", secret -> secret.value().reveal());

    @AfterEach
    void close() {
        secrets.close();
    }

    @Test
    void thereIsNoneAtFirst() {
        assertThat(live.held().previous()).isEmpty();
    }

    @Test
    void isKeptForItsTimeAndNoLonger() {
        rotate("two");

        time.advance(KEPT.minusSeconds(2));
        assertThat(live.held().previous()).contains("one");
        time.advance(Duration.ofSeconds(2));

        assertThat(live.held().previous()).isEmpty();
        assertThat(live.held().value()).isEqualTo("two");
    }

    @Test
    void isKeptForItsOwnTimeAfterAnotherRotation() {
        rotate("two");
        time.advance(KEPT.minusSeconds(10));

        rotate("three");
        time.advance(KEPT.minusSeconds(10));

        assertThat(live.held().previous()).contains("two");
    }

    @Test
    void isNotKeptUnlessAskedFor() {
        try (Secrets plain = Secrets.builder().time(time).source("mem", source).build()) {
            LiveSecret<SecretValue> other = plain.live("mem:app");

            rotate("two");

            assertThat(other.get().reveal()).isEqualTo("two");
            assertThat(other.held().previous()).isEmpty();
        }
    }

    @Test
    void doesNotComeBackWithASecretThatWasWithdrawn() {
        rotate("two");
        SecretData two = source.stored(SecretId.of("mem", "app"));
        source.remove("app").hint("app");
        time.advance(Duration.ofSeconds(10));
        assertThatThrownBy(live::get).isInstanceOf(SecretNotFoundException.class);

        source.put("app", two).hint("app");
        time.advance(Duration.ofMinutes(3));

        assertThat(live.held().value()).isEqualTo("two");
        assertThat(live.held().previous()).isEmpty();
    }

    private void rotate(String value) {
        source.rotate("app", value);
        time.advance(Duration.ofSeconds(1));
    }
}
