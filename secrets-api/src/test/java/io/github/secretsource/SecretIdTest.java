package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretId.Selector;
import java.io.Serializable;
import java.util.HashMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretIdTest {

    @Test
    void printsAsItsCanonicalReference() {
        var id = SecretId.of("k8s-token", "web")
                .withParameter("zone", "b")
                .withParameter("audience", "vault")
                .atStage("blue");

        assertThat(id).hasToString("k8s-token:web?stage=blue&audience=vault&zone=b");
        assertThat(SecretRef.parse(id.toString()).id()).isEqualTo(id).hasSameHashCodeAs(id);
        assertThat(id.source()).isEqualTo("k8s-token");
        assertThat(id.path()).isEqualTo("web");
    }

    @Test
    void findsItselfInAMapWhateverTheOrderOfItsMaking() {
        var one = SecretId.of("mem", "a").atVersion("1").withParameter("x", "1").withParameter("y", "2");
        var other = SecretId.of("mem", "a")
                .withParameter("y", "2")
                .withParameter("x", "1")
                .atVersion("1");
        var map = new HashMap<SecretId, String>();

        map.put(one, "found");

        assertThat(map).containsEntry(other, "found");
        assertThat(one).isNotEqualTo(SecretId.of("mem", "a")).isNotEqualTo(one.toString());
    }

    @ParameterizedTest
    @CsvSource({"mem:a?version=1, version", "mem:a?stage=s, stage", "mem:a?previous, previous"})
    void takesOneSelectorOnly(String text, String selector) {
        var id = SecretRef.parse(text).id();

        assertThatThrownBy(() -> id.atVersion("2"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(text + " already has '" + selector
                        + "', which excludes 'version'; start from an id without either");
        assertThatThrownBy(() -> id.atStage("t")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(id::atPrevious).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void selectsThePreviousContent() {
        var id = SecretId.of("mem", "a").withParameter("x", "1").atPrevious();

        assertThat(id).hasToString("mem:a?previous&x=1");
        assertThat(id.selector()).isEqualTo(Selector.PREVIOUS);
        assertThat(id.selectorValue()).isEmpty();
        assertThat(id.isPinned()).isFalse();
    }

    @Test
    void replacesAParameterAndKeepsTheOriginal() {
        var id = SecretId.of("mem", "a").withParameter("x", "1");

        var changed = id.withParameter("x", "2");

        assertThat(changed).hasToString("mem:a?x=2");
        assertThat(id).hasToString("mem:a?x=1");
    }

    @Test
    void givesParametersThatNobodyCanChange() {
        var parameters = SecretId.of("mem", "a").withParameter("x", "1").parameters();

        assertThatThrownBy(() -> parameters.put("y", "2")).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "stage", "previous", "encoding"})
    void refusesReservedParameters(String name) {
        var id = SecretId.of("mem", "a");

        assertThatThrownBy(() -> id.withParameter(name, "x"))
                .isInstanceOf(InvalidSecretRefException.class)
                .hasMessageContaining("parameter '" + name + "' is reserved");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Vault", "1a", "a_b", "-a", "a:", " a"})
    void refusesSourcesThatNoReferenceCouldName(String source) {
        assertThatThrownBy(() -> SecretId.of(source, "a"))
                .isInstanceOf(InvalidSecretRefException.class)
                .hasMessageContaining("source name: invalid name at ");
    }

    @Test
    @DisplayName("B4 the factories refuse what the parser refuses")
    void checksItsPartsAsTheParserDoes() {
        var id = SecretId.of("mem", "a");

        assertThatThrownBy(() -> SecretId.of("mem", "a/../b"))
                .isInstanceOf(InvalidSecretRefException.class)
                .hasMessageContaining("path in 'mem': '..' segment not allowed at 2");
        assertThatThrownBy(() -> SecretId.of("mem", "")).hasMessageContaining("missing path at 0");
        assertThatThrownBy(() -> SecretId.of("mem", "a?version=1")).hasMessageContaining("reserved character '?' at 1");
        assertThatThrownBy(() -> id.atVersion("a/b")).hasMessageContaining("version: '/' at 1");
        assertThatThrownBy(() -> id.atStage("..")).hasMessageContaining("stage: '..' value not allowed at 0");
        assertThatThrownBy(() -> id.atVersion("")).hasMessageContaining("version: empty value at 0");
        assertThatThrownBy(() -> id.withParameter("x", "a&y=b")).hasMessageContaining("reserved character '&' at 1");
        assertThatThrownBy(() -> id.withParameter("X", "a")).hasMessageContaining("parameter name: invalid name at 0");
    }

    @NullUnmarked
    @Test
    void refusesNullAsAMistakeInTheConfiguration() {
        var id = SecretId.of("mem", "a");

        assertThatThrownBy(() -> SecretId.of(null, "a")).isInstanceOf(InvalidSecretRefException.class);
        assertThatThrownBy(() -> SecretId.of("mem", null)).hasMessage("path is null");
        assertThatThrownBy(() -> id.atVersion(null)).hasMessage("version is null");
        assertThatThrownBy(() -> id.withParameter("x", null)).hasMessage("value of parameter 'x' is null");
    }

    @Test
    void isNotSerializable() {
        assertThat(Serializable.class.isAssignableFrom(SecretId.class)).isFalse();
        assertThat(Serializable.class.isAssignableFrom(SecretRef.class)).isFalse();
    }
}
