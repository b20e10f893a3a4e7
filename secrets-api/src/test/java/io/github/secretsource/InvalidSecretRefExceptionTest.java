package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InvalidSecretRefExceptionTest {

    @Test
    void listsSeveralProblemsAtOnce() {
        var refusal = new InvalidSecretRefException(List.of("first wrong", "second wrong"));

        assertThat(refusal)
                .hasMessage("2 invalid references: (1) first wrong; (2) second wrong")
                .hasNoCause();
        assertThat(refusal.problems()).containsExactly("first wrong", "second wrong");
        assertThat(refusal.position()).isEmpty();
    }

    @Test
    void saysOneProblemOfAListPlainly() {
        assertThat(new InvalidSecretRefException(List.of("wrong"))).hasMessage("wrong");
    }

    @Test
    void knowsThePosition() {
        assertThat(new InvalidSecretRefException("wrong at 3", 3).position()).hasValue(3);
        assertThat(new InvalidSecretRefException("wrong").position()).isEmpty();
    }

    @Test
    @DisplayName("B10 a message cannot forge a line in a log")
    void writesWhatIsNotPrintableAsCodePoints() {
        var refusal = new InvalidSecretRefException("a\r\nb\u0430\ud83d\udd11\u007f\ud800");

        assertThat(refusal).hasMessage("aU+000DU+000AbU+0430U+1F511U+007FU+D800");
        assertThat(refusal.problems()).containsExactly(refusal.getMessage());
    }

    @Test
    void refusesArgumentsThatSayNothing() {
        assertThatThrownBy(() -> new InvalidSecretRefException(List.of()))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InvalidSecretRefException("x", -1))
                .isExactlyInstanceOf(IllegalArgumentException.class);
    }
}
