package io.github.secretsource.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.SecretData;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentVariablesTest {

    @Test
    void readsOneVariable() {
        var data = fetch("API_KEY", Map.of("API_KEY", "tok"), Map.of());

        assertThat(reveal(data)).isEqualTo("tok");
        assertThat(data.fields()).isEmpty();
    }

    @Test
    void readsTheEnvironmentOfThisProcess() {
        var variable = System.getenv().entrySet().stream()
                .filter(entry -> entry.getKey().matches("[A-Z_]+"))
                .findFirst()
                .orElseThrow();

        var data = EnvironmentVariables.create().fetch(SecretId.of("env", variable.getKey()), TestContext.real());

        assertThat(data.value()).contains(SecretValue.of(variable.getValue()));
    }

    @Test
    @DisplayName("B40 an empty variable is an empty value, not a missing one")
    void takesEmptyForAValue() {
        assertThat(reveal(fetch("EMPTY", Map.of("EMPTY", ""), Map.of()))).isEmpty();
    }

    @Test
    void saysWhatIsMissingAndWhatMayHaveBeenMeant() {
        var variables = Map.of("DB_PASSWORD", "s3cr3t-value", "PATH", "/bin");

        assertThatThrownBy(() -> fetch("DB_PASWORD", variables, Map.of()))
                .isInstanceOf(SecretNotFoundException.class)
                .hasMessage(
                        "env:DB_PASWORD is not set in the environment; set it before the program starts, in Kubernetes"
                                + " by env with valueFrom.secretKeyRef, or envFrom, of the container; did you mean"
                                + " 'DB_PASSWORD'?");
        assertThatThrownBy(() -> fetch("db-password", variables, Map.of()))
                .hasMessageEndingWith("did you mean 'DB_PASSWORD'?");
        assertThatThrownBy(() -> fetch("SOMETHING_ELSE", variables, Map.of()))
                .hasMessageEndingWith(
                        "set it before the program starts, in Kubernetes by env with valueFrom.secretKeyRef, or"
                                + " envFrom, of the container");
    }

    @Test
    void readsAllVariablesOfAPrefixAsFields() {
        var variables = Map.of("DB_USER", "app", "DB_PASSWORD", "pw", "DB_", "no field", "DBX", "other", "OTHER", "x");

        var data = fetch("db", variables, Map.of("db", "DB_"));

        assertThat(data.fields().keySet()).containsExactly("password", "user");
        assertThat(data.fields().get("password").reveal()).isEqualTo("pw");
        assertThat(data.value()).isEmpty();
    }

    @Test
    void saysThatNothingBeginsWithAPrefix() {
        assertThatThrownBy(() -> fetch("db", Map.of("DB", "x"), Map.of("db", "DB_")))
                .isInstanceOf(SecretNotFoundException.class)
                .hasMessageContaining("no environment variable begins with 'DB_'");
    }

    @Test
    void refusesVariablesThatWouldBeTheSameField() {
        var variables = Map.of("DB_User", "one-value", "DB_USER", "other-value");

        assertThatThrownBy(() -> fetch("db", variables, Map.of("db", "DB_")))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("DB_USER and DB_User")
                .hasMessageNotContainingAny("one-value", "other-value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"p\uFFFD\uFFFD", "\uD800"})
    @DisplayName("B40 a variable that is no text in the encoding of the JVM is refused, not altered")
    void refusesWhatTheJvmCouldNotDecode(String text) {
        assertThatThrownBy(() -> fetch("PW", Map.of("PW", text), Map.of()))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("in variable PW")
                .hasMessageContaining("LC_ALL=C.UTF-8");
    }

    @Test
    @DisplayName("B40 a name with '=' or '/' is refused by rule, before anything is read")
    void refusesNamesThatNoVariableHas() {
        var traits = EnvironmentVariables.create().traits();

        assertThat(traits.problemWith(SecretId.of("env", "A=B")))
                .hasValueSatisfying(p -> assertThat(p).contains("'='"));
        assertThat(traits.problemWith(SecretId.of("env", "a/b")))
                .hasValueSatisfying(p -> assertThat(p).contains("'/'"));
        assertThat(traits.problemWith(SecretId.of("env", "A").atVersion("1"))).isPresent();
        assertThat(traits.problemWith(SecretId.of("env", "A"))).isEmpty();
    }

    @Test
    void neverRotates() {
        var traits = EnvironmentVariables.create().traits();

        assertThat(traits.neverRotates()).isTrue();
        assertThat(traits.isLinearizable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"${HOME}", "%s %n {} ${jndi:ldap://x/a}", "\u001B[31mred", "$$", "line\nline"})
    @DisplayName("B42 B43 a value is data: neither expanded nor formatted")
    void leavesValuesAsTheyAre(String text) {
        var data = fetch("V", Map.of("V", text, "HOME", "/root"), Map.of());

        assertThat(reveal(data)).isEqualTo(text);
        assertThat(data.toString()).doesNotContain(text);
    }

    @Test
    @DisplayName("B44 names such as __proto__ and class are opaque")
    void takesAnyNameForAField() {
        var variables = Map.of("P_CLASS", "1", "P___PROTO__", "2", "P_..", "3");

        assertThat(fetch("p", variables, Map.of("p", "P_")).fields()).containsOnlyKeys("class", "__proto__", "..");
    }

    @Test
    void looksAtTheEnvironmentAtEachFetch() {
        var variables = new HashMap<>(Map.of("A", "1"));
        var source = new EnvironmentVariables(() -> variables, Map.of());

        variables.put("A", "2");

        assertThat(reveal(source.fetch(SecretId.of("env", "A"), TestContext.real())))
                .isEqualTo("2");
    }

    @Test
    void refusesPrefixesThatCannotWork() {
        var builder = EnvironmentVariables.builder().prefix("db", "DB_");

        assertThatThrownBy(() -> builder.prefix("db", "X_")).hasMessage("prefix 'db' is given twice");
        assertThatThrownBy(() -> builder.prefix("a", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.prefix("a", "A=")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.prefix("a/b", "A_")).hasMessageContaining("'/'");
        assertThatThrownBy(() -> builder.prefix("a b", "A_")).isInstanceOf(IllegalArgumentException.class);
        assertThat(builder.build()).hasToString("EnvironmentVariables[prefixes=[db]]");
    }

    private static SecretData fetch(String path, Map<String, String> variables, Map<String, String> prefixes) {
        var source = new EnvironmentVariables(() -> variables, prefixes);
        return source.fetch(SecretId.of("env", path), TestContext.real());
    }

    private static String reveal(SecretData data) {
        return data.value().orElseThrow().reveal();
    }
}
