package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.secretsource.spi.SecretData;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretNarrowingTest {
    private static final Instant END = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void staysTheSameWithoutAFieldAndAnEncoding() {
        var secret = TestSecrets.fields(Map.of("a", "x"));

        assertThat(secret.narrowedTo(SecretRef.parse("mem:app"))).isSameAs(secret);
    }

    @Test
    void givesASecretOfOneValueForAField() {
        var narrowed = TestSecrets.fields(Map.of("a", "x", "b", "y")).narrowedTo(SecretRef.parse("mem:app#a"));

        assertThat(narrowed.value().reveal()).isEqualTo("x");
        assertThat(narrowed.fieldNames()).isEmpty();
    }

    @Test
    void givesASecretWithTheMembersForAPointerToAnObject() {
        var narrowed = TestSecrets.fields(Map.of("app.json", "{\"db\":{\"user\":\"ann\",\"n\":1}}"))
                .narrowedTo(SecretRef.parse("mem:app#/app.json/db"));

        assertThat(narrowed.fieldNames()).containsExactly("n", "user");
        assertThat(narrowed.field("user").reveal()).isEqualTo("ann");
        assertThat(narrowed.value().reveal()).isEqualTo("{\"user\":\"ann\",\"n\":1}");
    }

    @Test
    void keepsIdVersionAndExpiryButNotTheTypeOfTheWhole() {
        var data = SecretData.of(Map.of("a", SecretValue.of("x")))
                .withContentType("kubernetes.io/tls")
                .withExpiresAt(END);
        var narrowed = TestSecrets.of(data).narrowedTo("a");

        assertThat(narrowed.id()).isEqualTo(TestSecrets.ID);
        assertThat(narrowed.version()).isEqualTo("7");
        assertThat(narrowed.expiresAt()).contains(END);
        assertThat(narrowed.contentType()).isEmpty();
    }

    @Test
    void refusesAMissingField() {
        var secret = TestSecrets.fields(Map.of("a", "x"));

        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> secret.narrowedTo(SecretRef.parse("mem:app#b")))
                .withMessageStartingWith("mem:app has no field 'b'; fields: a");
    }

    @ParameterizedTest
    @CsvSource({"base64, AP9B", "base64url, AP9B", "hex, 00ff41"})
    void decodesWhatTheReferenceSaysIsEncoded(String encoding, String text) {
        var whole = TestSecrets.whole(text).narrowedTo(SecretRef.parse("mem:app?encoding=" + encoding));
        var field = TestSecrets.whole("{\"a\":{\"b\":\"" + text + "\"}}")
                .narrowedTo(SecretRef.parse("mem:app?encoding=" + encoding + "#/a/b"));

        assertThat(whole.value().revealBytes()).containsExactly(0, 0xFF, 'A');
        assertThat(field.value().revealBytes()).containsExactly(0, 0xFF, 'A');
    }

    @Test
    void keepsTheTypeOfWhatItDecodes() {
        var data = SecretData.of(SecretValue.of("AAAA")).withContentType("application/x-pkcs12");
        var narrowed = TestSecrets.of(data).narrowedTo(SecretRef.parse("mem:app?encoding=base64"));

        assertThat(narrowed.contentType()).contains("application/x-pkcs12");
    }

    @Test
    void findsFieldsInDecodedJson() {
        var narrowed = TestSecrets.whole("7b2261223a317d").narrowedTo(SecretRef.parse("mem:app?encoding=hex"));

        assertThat(narrowed.field("a").reveal()).isEqualTo("1");
    }

    @Test
    @DisplayName("B30 B31 malformed encodings are refused with the field and the offset")
    void refusesMalformedEncodings() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TestSecrets.whole("AAA").narrowedTo(SecretRef.parse("mem:app?encoding=base64")))
                .withMessage("mem:app is invalid base64 at 3; correct it in the store, or leave out 'encoding='");
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() ->
                        TestSecrets.fields(Map.of("a", "0g")).narrowedTo(SecretRef.parse("mem:app?encoding=hex#a")))
                .withMessageStartingWith("mem:app field 'a' is invalid hex at 1; ");
    }

    @Test
    void refusesToDecodeManyFieldsAsOne() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() ->
                        TestSecrets.fields(Map.of("a", "AAAA")).narrowedTo(SecretRef.parse("mem:app?encoding=base64")))
                .withMessageContaining("has no single value")
                .withMessageEndingWith("fields: a");
    }

    @Test
    @DisplayName("B35 a decoded value that is no text names its secret")
    void namesTheSecretOfADecodedValue() {
        var narrowed = TestSecrets.whole("ff").narrowedTo(SecretRef.parse("mem:app?encoding=hex"));

        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> narrowed.value().reveal())
                .withMessageStartingWith("mem:app is not UTF-8 text at byte 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mem:app#plain", "mem:app#json", "mem:app#/json/a", "mem:app#/json/b", "mem:app?encoding=hex#hex"
            })
    void givesTheSameValueWithoutTheSecretAroundIt(String text) {
        var secret = TestSecrets.fields(Map.of("plain", "x", "json", "{\"a\":\"y\",\"b\":[1]}", "hex", "00"));
        var ref = SecretRef.parse(text);

        assertThat(secret.value(ref)).isEqualTo(secret.narrowedTo(ref).value());
    }

    @Test
    void givesTheWholeValueToAReferenceWithoutAField() {
        assertThat(TestSecrets.whole("x").value(SecretRef.parse("mem:app")).reveal())
                .isEqualTo("x");
    }
}
