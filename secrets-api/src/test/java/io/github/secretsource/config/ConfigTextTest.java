package io.github.secretsource.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTextTest {

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "30s, PT30S",
        "5m, PT5M",
        "1h, PT1H",
        "1d, PT24H",
        "0s, PT0S",
        "007s, PT7S",
        "PT1M30S, PT1M30S",
        "pt2s, PT2S",
        "P2D, PT48H",
        "106751d, PT2562024H"
    })
    void readsDurations(String text, Duration expected) {
        assertThat(text(text).duration()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "5", "5 m", " 5m", "5M", "5min", "1h30m", "m", "P1Y", "1.5s", "\u0663s"})
    @DisplayName("B41 what is no duration is refused with the ways to write one")
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> text(text).duration())
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("secrets.x: is not a length of time: '")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"106752d", "9223372036854775808ms", "9223372036854775807d", "PT9999999999999999H"})
    @DisplayName("B41 a duration that overflows is refused")
    void refusesOverflow(String text) {
        assertThatThrownBy(() -> text(text).duration())
                .hasMessage("secrets.x: must be shorter than 292 years: '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1s", "PT-1S", "-1d"})
    @DisplayName("B41 a negative duration is refused")
    void refusesNegative(String text) {
        assertThatThrownBy(() -> text(text).duration()).hasMessage("secrets.x: must not be negative: '" + text + "'");
    }

    @Test
    void readsNumbersAndFlags() {
        assertThat(text("-12").number()).isEqualTo(-12);
        assertThat(text("true").flag()).isTrue();
        assertThat(text("false").flag()).isFalse();
        assertThatThrownBy(() -> text("9223372036854775808").number()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> text("TRUE").flag()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neverPrintsTextThatWasMeantToBeOne() {
        assertThatThrownBy(() -> text("https://user:hunter2@x y").uri()).hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> text("hunter2\0").path()).hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> text("hunter2").uri()).hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> text("").path()).hasMessage("secrets.x: is empty; a path is wanted");
        assertThat(text("hunter2")).hasToString("secrets.x");
    }

    private static ConfigText text(String text) {
        return new ConfigText("secrets.x", text);
    }
}
