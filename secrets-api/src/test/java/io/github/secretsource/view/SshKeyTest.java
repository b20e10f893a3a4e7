package io.github.secretsource.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.SecretFormatException;
import io.github.secretsource.TestSecrets;
import io.github.secretsource.test.Canary;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SshKeyTest {
    private static final String PEM = block("OPENSSH PRIVATE KEY", "AAAA");

    @Test
    void readsTheFieldOfSshAuth() {
        var key = SshKey.from(TestSecrets.fields(Map.of("ssh-privatekey", PEM, "known_hosts", "x")));

        assertThat(key.privateKey().reveal()).isEqualTo(PEM);
    }

    @Test
    void readsASecretThatIsTheKey() {
        assertThat(SshKey.from(TestSecrets.whole(PEM)).privateKey().reveal()).isEqualTo(PEM);
    }

    @Test
    @DisplayName("B36 line ends and the text around the key stay as they are")
    void keepsTheBytes() {
        String text = "# mine\r\n" + PEM.replace("\n", "\r\n") + "ssh-ed25519 AAAA ann@host\n\n";

        assertThat(SshKey.from(TestSecrets.whole(text)).privateKey().reveal()).isEqualTo(text);
    }

    @Test
    @DisplayName("B36 two keys are refused, since it is not said which")
    void refusesTwoKeys() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> SshKey.from(TestSecrets.fields(Map.of("ssh-privatekey", PEM + PEM))))
                .withMessageStartingWith("mem:app field 'ssh-privatekey' holds 2 private keys in PEM instead of one; ");
    }

    @Test
    @DisplayName("B34 a missing key is named")
    void namesTheMissingKey() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> SshKey.from(TestSecrets.fields(Map.of("ssh-privatkey", PEM))))
                .withMessage("mem:app has no field 'ssh-privatekey'; fields: ssh-privatkey;"
                        + " did you mean 'ssh-privatkey'?");
    }

    @Test
    @DisplayName("B34 L7 a malformed key is named, and none of it is printed")
    void namesTheMalformedKey() {
        var canary = Canary.next();
        for (String text : List.of(
                canary.value(),
                "",
                block("CERTIFICATE", canary.value()),
                "-----BEGIN PRIVATE KEY-----\n" + canary.value(),
                "-----BEGIN " + canary.value(),
                "-----BEGIN " + canary.value().repeat(4) + "-----")) {
            var thrown = catchThrowable(() -> SshKey.from(TestSecrets.fields(Map.of("ssh-privatekey", text))));

            assertThat(thrown)
                    .isInstanceOf(SecretFormatException.class)
                    .hasMessageStartingWith("mem:app field 'ssh-privatekey' h")
                    .hasNoCause();
            assertThat(canary.findIn(TestSecrets.printed(thrown))).isEmpty();
        }
    }

    @Test
    @DisplayName("L9 it prints nothing of the key")
    void printsNothingOfTheKey() {
        var canary = Canary.next();
        var key = SshKey.from(TestSecrets.whole(block("PRIVATE KEY", canary.value())));

        assertThat(canary.findIn(key + " " + key.hashCode())).isEmpty();
    }

    @Test
    void equalsTheSameKey() {
        var key = SshKey.from(TestSecrets.whole(PEM));

        assertThat(key)
                .isEqualTo(SshKey.from(TestSecrets.whole(PEM)))
                .hasSameHashCodeAs(SshKey.from(TestSecrets.whole(PEM)));
        assertThat(key).isNotEqualTo(SshKey.from(TestSecrets.whole(PEM + "\n"))).isNotEqualTo(PEM);
    }

    private static String block(String label, String body) {
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
