package io.github.secretsource.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.SecretView;
import io.github.secretsource.TestSecrets;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.test.Canary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UsernamePasswordTest {

    @Test
    void readsTheFieldsOfBasicAuth() {
        var pair = UsernamePassword.from(TestSecrets.fields(Map.of("username", "ann", "password", "x", "host", "db")));

        assertThat(pair.username()).isEqualTo("ann");
        assertThat(pair.password().reveal()).isEqualTo("x");
    }

    @Test
    void readsAJsonObject() {
        var pair = UsernamePassword.from(TestSecrets.whole("{\"username\":\"ann\",\"password\":\"x\",\"port\":5432}"));

        assertThat(pair.username()).isEqualTo("ann");
        assertThat(pair.password().reveal()).isEqualTo("x");
    }

    @Test
    void readsOtherFields() throws Exception {
        SecretView<UsernamePassword> view = UsernamePassword.fields("smtp-user", "/app.json/mail/pw");
        var pair = view.of(TestSecrets.fields(Map.of("smtp-user", "ann", "app.json", "{\"mail\":{\"pw\":\"x\"}}")));

        assertThat(pair.username()).isEqualTo("ann");
        assertThat(pair.password().reveal()).isEqualTo("x");
    }

    @Test
    void isAViewItself() throws Exception {
        SecretView<UsernamePassword> view = UsernamePassword::from;

        assertThat(view.of(TestSecrets.fields(Map.of("username", "", "password", "")))
                        .username())
                .isEmpty();
    }

    @Test
    void takesAPasswordOfBytes() {
        byte[] bytes = {0, (byte) 0xFF};
        var data = SecretData.of(Map.of("username", SecretValue.of("ann"), "password", SecretValue.of(bytes)));

        assertThat(UsernamePassword.from(TestSecrets.of(data)).password().revealBytes())
                .isEqualTo(bytes);
    }

    @Test
    @DisplayName("B34 a missing part is named")
    void namesTheMissingPart() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> UsernamePassword.from(TestSecrets.fields(Map.of("password", "x", "user", "ann"))))
                .withMessage("mem:app has no field 'username'; fields: password, user");
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> UsernamePassword.from(TestSecrets.whole("{\"username\":\"ann\"}")))
                .withMessage("mem:app has no field 'password'; fields: username");
    }

    @Test
    @DisplayName("B34 a secret of plain text is no pair")
    void refusesPlainText() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> UsernamePassword.from(TestSecrets.whole("ann:x")))
                .withMessageStartingWith("mem:app has no field 'username': it is not a JSON object");
    }

    @Test
    @DisplayName("B35 a name of a user that is no text is named as a field")
    void namesAUsernameThatIsNoText() {
        var data = SecretData.of(
                Map.of("username", SecretValue.of(new byte[] {'a', -1}), "password", SecretValue.of("x")));

        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> UsernamePassword.from(TestSecrets.of(data)))
                .withMessage("mem:app field 'username' is not UTF-8 text at byte 1; correct it in the store");
    }

    @Test
    void needsNamesOfFields() {
        assertThatNullPointerException().isThrownBy(() -> UsernamePassword.fields(null, "p"));
        assertThatNullPointerException().isThrownBy(() -> UsernamePassword.fields("u", null));
    }

    @Test
    void equalsAPairOfTheSameParts() {
        var pair = pair("ann", "x");

        assertThat(pair).isEqualTo(pair("ann", "x")).hasSameHashCodeAs(pair("ann", "x"));
        assertThat(Set.of(pair("bob", "x"), pair("ann", "y"))).doesNotContain(pair);
        assertThat(pair).isNotEqualTo("ann");
    }

    @Test
    @DisplayName("L11 the hash tells nothing about the pair")
    void hashesWithASalt() {
        var pair = pair("ann", "x");

        assertThat(pair.hashCode()).isNotEqualTo(31 * "ann".hashCode() + "x".hashCode());
        assertThat(pair.hashCode())
                .isEqualTo(31 * SecretValue.of("ann").hashCode()
                        + SecretValue.of("x").hashCode());
    }

    @Test
    @DisplayName("L9 L12 it prints neither part")
    void printsNeitherPart() {
        var canary = Canary.next();
        var pair = pair(canary.value(), canary.value());

        assertThat(canary.findIn(pair + String.format("%s", pair) + pair.hashCode()))
                .isEmpty();
        assertThat(pair).hasToString("UsernamePassword[username=***, password=***]");
    }

    @Test
    @DisplayName("L7 no error holds a part")
    void printsNoPartInAnError() {
        var canary = Canary.next();
        List<Secret> malformed = List.of(
                TestSecrets.whole(canary.value()),
                TestSecrets.whole("{\"username\":\"" + canary.value() + "\"}"),
                TestSecrets.whole("{\"username\":\"" + canary.value() + "\",\"password\":" + canary.value()),
                TestSecrets.fields(Map.of("password", canary.value())));

        for (var secret : malformed) {
            var thrown = catchThrowable(() -> UsernamePassword.from(secret));

            assertThat(thrown).isInstanceOf(SecretFormatException.class).hasNoCause();
            assertThat(canary.findIn(TestSecrets.printed(thrown))).isEmpty();
        }
    }

    private static UsernamePassword pair(String username, String password) {
        return UsernamePassword.from(TestSecrets.fields(Map.of("username", username, "password", password)));
    }
}
